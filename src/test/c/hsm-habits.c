/* See hsm-habits.h; the lines of the control file are described in faulty-token.c. */
#include "hsm-habits.h"
#include "control.h"
#include "sessions.h"
#include "vendor-sm4.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LUNA_IV 16

static CK_FUNCTION_LIST *behind;
static CK_FUNCTION_LIST hsm;

static CK_RV code_of(const char *hex) { return strtoul(hex, NULL, 16); }

/* ---- initialize ---- */

static CK_RV hsm_C_Initialize(void *given) {
  const char *code = told("initialize", "arguments");
  if (code && given) return code_of(code);
  const char *reserved = told("initialize", "reserved");
  if (!reserved) return behind->C_Initialize(given);
  CK_C_INITIALIZE_ARGS *arguments = given;
  if (!arguments || !arguments->pReserved || strcmp(arguments->pReserved, reserved)) return CKR_ARGUMENTS_BAD;
  CK_C_INITIALIZE_ARGS without = *arguments;
  without.pReserved = NULL;
  return behind->C_Initialize(&without);
}

static CK_RV hsm_C_Finalize(void *reserved) {
  CK_RV rv = behind->C_Finalize(reserved);
  if (rv == CKR_OK) remove_all_sessions();
  return rv;
}

/* ---- sessions ---- */

/* How many sessions may be open, and whether the token tells; 0: as many as one likes. */
static CK_ULONG most_sessions(int *untold) {
  const control_line *line = NULL;
  while ((line = next_line(line, "sessions"))) {
    CK_ULONG most = strtoul(line->word, NULL, 10);
    *untold = !strcmp(line->rest, "untold");
    if (most) return most;
  }
  return 0;
}

static CK_RV hsm_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *data, CK_NOTIFY notify,
                               CK_SESSION_HANDLE_PTR handle) {
  static pthread_mutex_t one_by_one = PTHREAD_MUTEX_INITIALIZER;
  int untold;
  CK_ULONG most = most_sessions(&untold);
  pthread_mutex_lock(&one_by_one);
  CK_RV rv = CKR_SESSION_COUNT;
  if (!most || count_sessions() < most) rv = behind->C_OpenSession(slot, flags, data, notify, handle);
  if (rv == CKR_OK) add_session(*handle, slot, flags);
  pthread_mutex_unlock(&one_by_one);
  return rv;
}

static CK_RV hsm_C_CloseSession(CK_SESSION_HANDLE handle) {
  CK_RV rv = behind->C_CloseSession(handle);
  if (rv == CKR_OK) remove_session(handle);
  return rv;
}

static CK_RV hsm_C_CloseAllSessions(CK_SLOT_ID slot) {
  CK_RV rv = behind->C_CloseAllSessions(slot);
  if (rv == CKR_OK) remove_sessions_of(slot);
  return rv;
}

static int lacks_read_write(CK_SESSION_HANDLE handle) {
  session s = session_of(handle);
  return s.handle && !(s.flags & CKF_RW_SESSION) && told("sessions", "read-write");
}

/* ---- the description of the token ---- */

static void pad_with_nul(CK_BYTE *text, CK_ULONG length) {
  while (length && text[length - 1] == ' ') text[--length] = 0;
}

static CK_RV hsm_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  CK_RV rv = behind->C_GetTokenInfo(slot, info);
  if (rv != CKR_OK) return rv;
  int untold;
  CK_ULONG most = most_sessions(&untold);
  if (most) {
    info->ulMaxSessionCount = untold ? CK_UNAVAILABLE_INFORMATION : most;
    info->ulSessionCount = untold ? CK_UNAVAILABLE_INFORMATION : count_sessions();
  }
  if (told("login", "pin-pad")) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (told("serials", "same")) memcpy(info->serialNumber, "123             ", sizeof info->serialNumber);
  if (told("labels", "nul")) {
    pad_with_nul(info->label, sizeof info->label);
    pad_with_nul(info->manufacturerID, sizeof info->manufacturerID);
    pad_with_nul(info->model, sizeof info->model);
    pad_with_nul(info->serialNumber, sizeof info->serialNumber);
  }
  return rv;
}

/* ---- users ---- */

static int is_limited(CK_USER_TYPE user) {
  const control_line *line = NULL;
  while ((line = next_line(line, "user")))
    if (strtoul(line->word, NULL, 16) == user && !strcmp(line->rest, "limited")) return 1;
  return 0;
}

static CK_RV hsm_C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  const char *pad = told("login", "pin-pad");
  if (pad && pin) return CKR_ARGUMENTS_BAD;
  if (pad) {
    pin = (CK_UTF8CHAR_PTR)pad;
    length = strlen(pad);
  }
  int limited = is_limited(user);
  CK_RV rv = behind->C_Login(handle, limited ? CKU_USER : user, pin, length);
  if (rv == CKR_OK) set_limited(handle, limited);
  const char *code = told("C_Login", "wrong-pin");
  return rv == CKR_PIN_INCORRECT && code ? code_of(code) : rv;
}

static int is_of_token(CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  for (CK_ULONG i = 0; i < count; i++)
    if (attributes[i].type == CKA_TOKEN) return *(CK_BBOOL *)attributes[i].pValue;
  return 0;
}

static CK_RV hsm_C_GenerateKey(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR given,
                               CK_ULONG count, CK_OBJECT_HANDLE_PTR key) {
  if (session_of(handle).limited && is_of_token(given, count)) return CKR_FUNCTION_REJECTED;
  return behind->C_GenerateKey(handle, mechanism, given, count, key);
}

static CK_RV hsm_C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR given, CK_ULONG count,
                                CK_OBJECT_HANDLE_PTR object) {
  if (session_of(handle).limited && is_of_token(given, count)) return CKR_FUNCTION_REJECTED;
  return behind->C_CreateObject(handle, given, count, object);
}

/* ---- encryption ---- */

static CK_RV encrypt_with_own_iv(CK_SESSION_HANDLE handle, gcm_params *given, CK_OBJECT_HANDLE key) {
  CK_BYTE iv[MOST_IV];
  gcm_params own = *given;
  own.iv = iv;
  if (told("iv", "null-appended")) {
    if (given->iv || given->iv_length) return CKR_MECHANISM_PARAM_INVALID;
    own.iv_length = LUNA_IV;
    own.iv_bits = 8 * LUNA_IV;
  }
  if (own.iv_length > sizeof iv) return CKR_MECHANISM_PARAM_INVALID;
  CK_RV rv = behind->C_GenerateRandom(handle, iv, own.iv_length);
  if (rv != CKR_OK) return rv;
  CK_MECHANISM mechanism = {CKM_AES_GCM, &own, sizeof own};
  rv = behind->C_EncryptInit(handle, &mechanism, key);
  if (rv != CKR_OK) return rv;
  if (told("iv", "written-back"))
    memcpy(given->iv, iv, own.iv_length);
  else
    set_iv(handle, iv, own.iv_length);
  return rv;
}

static CK_RV hsm_C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (lacks_read_write(handle)) return CKR_FUNCTION_FAILED;
  set_iv(handle, NULL, 0);
  return mechanism->mechanism == CKM_AES_GCM && next_line(NULL, "iv")
             ? encrypt_with_own_iv(handle, mechanism->pParameter, key)
             : behind->C_EncryptInit(handle, mechanism, key);
}

static CK_RV hsm_C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR length) {
  session s = session_of(handle);
  if (!s.iv_length) return behind->C_Encrypt(handle, in, n, out, length);
  CK_ULONG written = 0;
  CK_RV rv = behind->C_Encrypt(handle, in, n, NULL, &written);
  if (rv != CKR_OK) return rv;
  CK_ULONG room = *length;
  *length = written + s.iv_length;
  if (!out) return CKR_OK;
  if (room < *length) return CKR_BUFFER_TOO_SMALL;
  rv = behind->C_Encrypt(handle, in, n, out, &written);
  if (rv == CKR_OK) memcpy(out + written, s.iv, s.iv_length);
  return rv;
}

static CK_RV hsm_C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return lacks_read_write(handle) ? CKR_FUNCTION_FAILED : behind->C_DecryptInit(handle, mechanism, key);
}

static CK_RV hsm_C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR length) {
  CK_RV rv = behind->C_Decrypt(handle, in, n, out, length);
  const char *code = told("C_Decrypt", "wrong-tag");
  return rv != CKR_OK && code ? code_of(code) : rv;
}

static CK_RV hsm_C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return lacks_read_write(handle) ? CKR_FUNCTION_FAILED : behind->C_SignInit(handle, mechanism, key);
}

CK_FUNCTION_LIST *with_hsm_habits(CK_FUNCTION_LIST *module) {
  behind = module;
  hsm = *module;
  hsm.C_Initialize = hsm_C_Initialize;
  hsm.C_Finalize = hsm_C_Finalize;
  hsm.C_GetTokenInfo = hsm_C_GetTokenInfo;
  hsm.C_OpenSession = hsm_C_OpenSession;
  hsm.C_CloseSession = hsm_C_CloseSession;
  hsm.C_CloseAllSessions = hsm_C_CloseAllSessions;
  hsm.C_Login = hsm_C_Login;
  hsm.C_GenerateKey = hsm_C_GenerateKey;
  hsm.C_CreateObject = hsm_C_CreateObject;
  hsm.C_EncryptInit = hsm_C_EncryptInit;
  hsm.C_Encrypt = hsm_C_Encrypt;
  hsm.C_DecryptInit = hsm_C_DecryptInit;
  hsm.C_Decrypt = hsm_C_Decrypt;
  hsm.C_SignInit = hsm_C_SignInit;
  return &hsm;
}
