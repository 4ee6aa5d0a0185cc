/* See vendor-sm4.h. An SM4 key is a CKK_DES2 object of the module behind: 16 bytes, and of no other use. */
#include "vendor-sm4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 16
#define SM3_LENGTH 32
#define MOST_ATTRIBUTES 32
#define MOST_AAD 1024
#define MOST_KEY 64

typedef enum { ENCRYPT, DECRYPT, SIGN } operation_kind;

typedef struct operation {
  CK_SESSION_HANDLE session;
  operation_kind kind;
  CK_MECHANISM_TYPE mechanism;
  CK_BYTE key[MOST_KEY], iv[BLOCK], aad[MOST_AAD];
  CK_ULONG key_length, aad_length;
  struct operation *next;
} operation;

static CK_FUNCTION_LIST *behind;
static CK_FUNCTION_LIST vendor;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static operation *active;

static const CK_KEY_TYPE stored_sm4 = CKK_DES2;
static const CK_KEY_TYPE generic_secret = CKK_GENERIC_SECRET;
static const CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* ---- operations that are active, by session ---- */

static operation *find_active(CK_SESSION_HANDLE session, operation_kind kind) {
  pthread_mutex_lock(&mutex);
  operation *o = active;
  while (o && (o->session != session || o->kind != kind)) o = o->next;
  pthread_mutex_unlock(&mutex);
  return o;
}

static void end(operation *ended) {
  pthread_mutex_lock(&mutex);
  operation **o = &active;
  while (*o != ended) o = &(*o)->next;
  *o = ended->next;
  pthread_mutex_unlock(&mutex);
  OPENSSL_cleanse(ended, sizeof *ended);
  free(ended);
}

static void end_all(CK_SESSION_HANDLE session, int of_all_sessions) {
  pthread_mutex_lock(&mutex);
  operation **o = &active;
  while (*o) {
    operation *found = *o;
    if (of_all_sessions || found->session == session) {
      *o = found->next;
      free(found);
    } else {
      o = &found->next;
    }
  }
  pthread_mutex_unlock(&mutex);
}

/* ---- keys ---- */

static CK_RV value_of(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_KEY_TYPE type, operation *o) {
  CK_KEY_TYPE is = 0;
  CK_ATTRIBUTE attributes[] = {{CKA_KEY_TYPE, &is, sizeof is}, {CKA_VALUE, o->key, sizeof o->key}};
  CK_RV rv = behind->C_GetAttributeValue(session, key, attributes, 2);
  if (rv == CKR_OBJECT_HANDLE_INVALID) return CKR_KEY_HANDLE_INVALID;
  if (rv == CKR_ATTRIBUTE_SENSITIVE || (rv == CKR_OK && is != type)) return CKR_KEY_TYPE_INCONSISTENT;
  o->key_length = attributes[1].ulValueLen;
  return rv;
}

/* Makes a key whose value this module can read again. */
static CK_RV make(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR given, CK_ULONG count, const CK_KEY_TYPE *type,
                  CK_BYTE *value, CK_ULONG length, CK_OBJECT_HANDLE_PTR key) {
  CK_ATTRIBUTE attributes[MOST_ATTRIBUTES + 5];
  CK_ULONG n = 0;
  for (CK_ULONG i = 0; i < count && n < MOST_ATTRIBUTES; i++) {
    switch (given[i].type) {
      case CKA_CLASS:
      case CKA_KEY_TYPE:
      case CKA_VALUE:
      case CKA_VALUE_LEN:
      case CKA_SENSITIVE:
      case CKA_EXTRACTABLE:
        break;
      default:
        attributes[n++] = given[i];
    }
  }
  attributes[n++] = (CK_ATTRIBUTE){CKA_CLASS, (void *)&secret_key, sizeof secret_key};
  attributes[n++] = (CK_ATTRIBUTE){CKA_KEY_TYPE, (void *)type, sizeof *type};
  attributes[n++] = (CK_ATTRIBUTE){CKA_VALUE, value, length};
  attributes[n++] = (CK_ATTRIBUTE){CKA_SENSITIVE, (void *)&no, sizeof no};
  attributes[n++] = (CK_ATTRIBUTE){CKA_EXTRACTABLE, (void *)&yes, sizeof yes};
  return behind->C_CreateObject(session, attributes, n, key);
}

static CK_ATTRIBUTE_PTR attribute(CK_ATTRIBUTE_PTR attributes, CK_ULONG count, CK_ATTRIBUTE_TYPE type) {
  for (CK_ULONG i = 0; i < count; i++)
    if (attributes[i].type == type) return &attributes[i];
  return NULL;
}

static CK_RV sm4_C_GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR given,
                               CK_ULONG count, CK_OBJECT_HANDLE_PTR key) {
  CK_BYTE value[MOST_KEY];
  CK_ULONG length = BLOCK;
  const CK_KEY_TYPE *type = &stored_sm4;
  if (mechanism->mechanism == CKM_GENERIC_SECRET_KEY_GEN) {
    CK_ATTRIBUTE_PTR wanted = attribute(given, count, CKA_VALUE_LEN);
    if (!wanted || *(CK_ULONG *)wanted->pValue > MOST_KEY) return CKR_TEMPLATE_INCOMPLETE;
    length = *(CK_ULONG *)wanted->pValue;
    type = &generic_secret;
  } else if (mechanism->mechanism != CKM_SM4_KEY_GEN) {
    return behind->C_GenerateKey(session, mechanism, given, count, key);
  }
  RAND_bytes(value, length);
  return make(session, given, count, type, value, length, key);
}

static CK_RV sm4_C_CreateObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR given, CK_ULONG count,
                                CK_OBJECT_HANDLE_PTR object) {
  CK_ATTRIBUTE_PTR type = attribute(given, count, CKA_KEY_TYPE);
  CK_ATTRIBUTE_PTR value = attribute(given, count, CKA_VALUE);
  if (!type || !value) return behind->C_CreateObject(session, given, count, object);
  switch (*(CK_KEY_TYPE *)type->pValue) {
    case CKK_SM4:
      return value->ulValueLen == BLOCK
                 ? make(session, given, count, &stored_sm4, value->pValue, BLOCK, object)
                 : CKR_ATTRIBUTE_VALUE_INVALID;
    case CKK_GENERIC_SECRET:
      return make(session, given, count, &generic_secret, value->pValue, value->ulValueLen, object);
    default:
      return behind->C_CreateObject(session, given, count, object);
  }
}

static CK_RV sm4_C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR given, CK_ULONG count) {
  CK_ATTRIBUTE attributes[MOST_ATTRIBUTES];
  if (count > MOST_ATTRIBUTES) return CKR_ARGUMENTS_BAD;
  if (count > 0) memcpy(attributes, given, count * sizeof *given);
  CK_ATTRIBUTE_PTR type = attribute(attributes, count, CKA_KEY_TYPE);
  if (type && *(CK_KEY_TYPE *)type->pValue == CKK_SM4) type->pValue = (void *)&stored_sm4;
  return behind->C_FindObjectsInit(session, attributes, count);
}

/* Keys of this module look like keys that never leave it. */
static CK_RV sm4_C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR asked,
                                     CK_ULONG count) {
  operation key;
  int own = value_of(session, object, stored_sm4, &key) == CKR_OK ||
            value_of(session, object, generic_secret, &key) == CKR_OK;
  OPENSSL_cleanse(&key, sizeof key);
  CK_RV rv = behind->C_GetAttributeValue(session, object, asked, count);
  for (CK_ULONG i = 0; own && i < count; i++) {
    int is_flag = asked[i].pValue && asked[i].ulValueLen == sizeof(CK_BBOOL);
    switch (asked[i].type) {
      case CKA_KEY_TYPE:
        if (asked[i].pValue && *(CK_KEY_TYPE *)asked[i].pValue == stored_sm4)
          *(CK_KEY_TYPE *)asked[i].pValue = CKK_SM4;
        break;
      case CKA_SENSITIVE:
        if (is_flag) *(CK_BBOOL *)asked[i].pValue = CK_TRUE;
        break;
      case CKA_EXTRACTABLE:
        if (is_flag) *(CK_BBOOL *)asked[i].pValue = CK_FALSE;
        break;
      case CKA_VALUE:
        if (asked[i].pValue && asked[i].ulValueLen <= MOST_KEY) memset(asked[i].pValue, 0, asked[i].ulValueLen);
        asked[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
        rv = CKR_ATTRIBUTE_SENSITIVE;
        break;
    }
  }
  return rv;
}

/* ---- SM4 ---- */

/* Returns the length of the output, or -1. */
static int cipher(const EVP_CIPHER *with, operation *o, const CK_BYTE *iv, int encrypt, int pad, const CK_BYTE *in,
                  int length, CK_BYTE *out) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int first = 0, last = 0;
  int good = EVP_CipherInit_ex(context, with, NULL, o->key, iv, encrypt) &&
             EVP_CIPHER_CTX_set_padding(context, pad) && EVP_CipherUpdate(context, out, &first, in, length) &&
             EVP_CipherFinal_ex(context, out + first, &last);
  EVP_CIPHER_CTX_free(context);
  return good ? first + last : -1;
}

/* Multiplication in GF(2^128), NIST SP 800-38D, algorithm 1. OpenSSL 3.0 has no SM4-GCM. */
static void multiply(CK_BYTE *x, const CK_BYTE *h) {
  CK_BYTE z[BLOCK] = {0}, v[BLOCK];
  memcpy(v, h, BLOCK);
  for (int bit = 0; bit < 128; bit++) {
    if (x[bit / 8] >> (7 - bit % 8) & 1)
      for (int i = 0; i < BLOCK; i++) z[i] ^= v[i];
    int carry = v[BLOCK - 1] & 1;
    for (int i = BLOCK - 1; i > 0; i--) v[i] = v[i] >> 1 | v[i - 1] << 7;
    v[0] >>= 1;
    if (carry) v[0] ^= 0xe1;
  }
  memcpy(x, z, BLOCK);
}

/* GHASH, NIST SP 800-38D, algorithm 2, with the padding of algorithm 4. */
static void hash(CK_BYTE *y, const CK_BYTE *h, const CK_BYTE *data, CK_ULONG length) {
  for (CK_ULONG i = 0; i < length; i += BLOCK) {
    for (CK_ULONG j = 0; j < BLOCK && i + j < length; j++) y[j] ^= data[i + j];
    multiply(y, h);
  }
}

static void gcm_tag(operation *o, const CK_BYTE *ciphertext, CK_ULONG length, CK_BYTE *tag) {
  CK_BYTE h[BLOCK], zero[BLOCK] = {0}, lengths[BLOCK], counter[BLOCK] = {0}, mask[BLOCK];
  cipher(EVP_sm4_ecb(), o, NULL, 1, 0, zero, BLOCK, h);
  memset(tag, 0, BLOCK);
  hash(tag, h, o->aad, o->aad_length);
  hash(tag, h, ciphertext, length);
  for (int i = 0; i < 8; i++) {
    lengths[i] = (CK_BYTE)(o->aad_length * 8 >> (56 - 8 * i));
    lengths[8 + i] = (CK_BYTE)(length * 8 >> (56 - 8 * i));
  }
  hash(tag, h, lengths, BLOCK);
  memcpy(counter, o->iv, 12);
  counter[BLOCK - 1] = 1;
  cipher(EVP_sm4_ecb(), o, NULL, 1, 0, counter, BLOCK, mask);
  for (int i = 0; i < BLOCK; i++) tag[i] ^= mask[i];
}

static CK_RV gcm(operation *o, int encrypt, const CK_BYTE *in, CK_ULONG length, CK_BYTE *out, CK_ULONG *written) {
  CK_BYTE counter[BLOCK] = {0}, tag[BLOCK];
  memcpy(counter, o->iv, 12);
  counter[BLOCK - 1] = 2;
  if (encrypt) {
    cipher(EVP_sm4_ctr(), o, counter, 1, 0, in, length, out);
    gcm_tag(o, out, length, out + length);
    *written = length + BLOCK;
    return CKR_OK;
  }
  if (length < BLOCK) return CKR_ENCRYPTED_DATA_LEN_RANGE;
  gcm_tag(o, in, length - BLOCK, tag);
  if (CRYPTO_memcmp(tag, in + length - BLOCK, BLOCK)) return CKR_ENCRYPTED_DATA_INVALID;
  cipher(EVP_sm4_ctr(), o, counter, 1, 0, in, length - BLOCK, out);
  *written = length - BLOCK;
  return CKR_OK;
}

static CK_RV cbc(operation *o, int encrypt, const CK_BYTE *in, CK_ULONG length, CK_BYTE *out, CK_ULONG *written) {
  int pad = o->mechanism == CKM_SM4_CBC_PAD;
  if (length % BLOCK && !(pad && encrypt)) return encrypt ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
  int n = cipher(EVP_sm4_cbc(), o, o->iv, encrypt, pad, in, length, out);
  if (n < 0) return CKR_ENCRYPTED_DATA_INVALID;
  *written = n;
  return CKR_OK;
}

static CK_RV begin(CK_SESSION_HANDLE session, operation_kind kind, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (find_active(session, kind)) return CKR_OPERATION_ACTIVE;
  operation o = {.session = session, .kind = kind, .mechanism = mechanism->mechanism};
  CK_RV rv = value_of(session, key, kind == SIGN ? generic_secret : stored_sm4, &o);
  if (rv != CKR_OK) return rv;
  if (mechanism->mechanism == CKM_SM4_GCM) {
    gcm_params *p = mechanism->pParameter;
    if (!p || mechanism->ulParameterLen != sizeof *p || p->iv_length != 12 || p->aad_length > MOST_AAD ||
        p->tag_bits != 128)
      return CKR_MECHANISM_PARAM_INVALID;
    memcpy(o.iv, p->iv, p->iv_length);
    if (p->aad_length) memcpy(o.aad, p->aad, p->aad_length);
    o.aad_length = p->aad_length;
  } else if (kind != SIGN) {
    if (mechanism->ulParameterLen != BLOCK) return CKR_MECHANISM_PARAM_INVALID;
    memcpy(o.iv, mechanism->pParameter, BLOCK);
  }
  operation *kept = malloc(sizeof *kept);
  *kept = o;
  pthread_mutex_lock(&mutex);
  kept->next = active;
  active = kept;
  pthread_mutex_unlock(&mutex);
  return CKR_OK;
}

static int is_sm4(CK_MECHANISM_TYPE mechanism) {
  return mechanism == CKM_SM4_GCM || mechanism == CKM_SM4_CBC || mechanism == CKM_SM4_CBC_PAD;
}

static CK_RV sm4_C_EncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return is_sm4(mechanism->mechanism) ? begin(session, ENCRYPT, mechanism, key)
                                      : behind->C_EncryptInit(session, mechanism, key);
}

static CK_RV sm4_C_DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return is_sm4(mechanism->mechanism) ? begin(session, DECRYPT, mechanism, key)
                                      : behind->C_DecryptInit(session, mechanism, key);
}

static CK_RV sm4_C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return mechanism->mechanism == CKM_SM3_HMAC ? begin(session, SIGN, mechanism, key)
                                              : behind->C_SignInit(session, mechanism, key);
}

/* An operation stays active if the room for its output is too small, and ends otherwise. */
static CK_RV finish(operation *o, CK_BYTE_PTR in, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR room) {
  CK_BYTE *result = malloc(length + 2 * BLOCK);
  CK_ULONG written = 0;
  CK_RV rv = o->mechanism == CKM_SM4_GCM ? gcm(o, o->kind == ENCRYPT, in, length, result, &written)
                                         : cbc(o, o->kind == ENCRYPT, in, length, result, &written);
  int fits = out && *room >= written;
  if (rv == CKR_OK) *room = written;
  if (rv == CKR_OK && fits) memcpy(out, result, written);
  if (rv != CKR_OK || fits) end(o);
  free(result);
  return rv != CKR_OK || fits || !out ? rv : CKR_BUFFER_TOO_SMALL;
}

static CK_RV sm4_C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length, CK_BYTE_PTR out,
                           CK_ULONG_PTR room) {
  operation *o = find_active(session, ENCRYPT);
  return o ? finish(o, in, length, out, room) : behind->C_Encrypt(session, in, length, out, room);
}

static CK_RV sm4_C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length, CK_BYTE_PTR out,
                           CK_ULONG_PTR room) {
  operation *o = find_active(session, DECRYPT);
  return o ? finish(o, in, length, out, room) : behind->C_Decrypt(session, in, length, out, room);
}

static CK_RV sm4_C_Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG length, CK_BYTE_PTR out,
                        CK_ULONG_PTR room) {
  operation *o = find_active(session, SIGN);
  if (!o) return behind->C_Sign(session, in, length, out, room);
  CK_ULONG given = *room;
  *room = SM3_LENGTH;
  if (!out) return CKR_OK;
  if (given < SM3_LENGTH) return CKR_BUFFER_TOO_SMALL;
  HMAC(EVP_sm3(), o->key, o->key_length, in, length, out, NULL);
  end(o);
  return CKR_OK;
}

static CK_RV sm4_C_CloseSession(CK_SESSION_HANDLE session) {
  end_all(session, 0);
  return behind->C_CloseSession(session);
}

static CK_RV sm4_C_CloseAllSessions(CK_SLOT_ID slot) {
  end_all(0, 1);
  return behind->C_CloseAllSessions(slot);
}

static CK_RV sm4_C_Finalize(void *reserved) {
  end_all(0, 1);
  return behind->C_Finalize(reserved);
}

static CK_RV sm4_C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  static const CK_MECHANISM_TYPE own[] = {CKM_SM4_KEY_GEN, CKM_SM4_CBC, CKM_SM4_CBC_PAD, CKM_SM4_GCM, CKM_SM3_HMAC};
  const CK_ULONG added = sizeof own / sizeof *own;
  CK_ULONG there = 0, room = *count;
  CK_RV rv = behind->C_GetMechanismList(slot, NULL, &there);
  if (rv != CKR_OK) return rv;
  *count = there + added;
  if (!list) return CKR_OK;
  if (room < there + added) return CKR_BUFFER_TOO_SMALL;
  rv = behind->C_GetMechanismList(slot, list, &there);
  memcpy(list + there, own, sizeof own);
  return rv;
}

CK_FUNCTION_LIST *with_vendor_sm4(CK_FUNCTION_LIST *module) {
  behind = module;
  vendor = *module;
  vendor.C_Finalize = sm4_C_Finalize;
  vendor.C_GetMechanismList = sm4_C_GetMechanismList;
  vendor.C_CloseSession = sm4_C_CloseSession;
  vendor.C_CloseAllSessions = sm4_C_CloseAllSessions;
  vendor.C_GenerateKey = sm4_C_GenerateKey;
  vendor.C_CreateObject = sm4_C_CreateObject;
  vendor.C_FindObjectsInit = sm4_C_FindObjectsInit;
  vendor.C_GetAttributeValue = sm4_C_GetAttributeValue;
  vendor.C_EncryptInit = sm4_C_EncryptInit;
  vendor.C_Encrypt = sm4_C_Encrypt;
  vendor.C_DecryptInit = sm4_C_DecryptInit;
  vendor.C_Decrypt = sm4_C_Decrypt;
  vendor.C_SignInit = sm4_C_SignInit;
  vendor.C_Sign = sm4_C_Sign;
  return &vendor;
}
