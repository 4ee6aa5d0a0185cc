/*
 * The limit to compare with: AES-GCM pairs of encrypt and decrypt on a token, in plain C.
 *   usage: token-pairs LIBRARY TOKEN PIN KEY-LABEL PAIRS
 * Prints CPU microseconds and wall microseconds per pair.
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  CK_BYTE_PTR iv;
  CK_ULONG iv_length, iv_bits;
  CK_BYTE_PTR aad;
  CK_ULONG aad_length, tag_bits;
} gcm_params;

#define CHECK(call)                                            \
  do {                                                         \
    CK_RV rv = (call);                                         \
    if (rv != CKR_OK) {                                        \
      fprintf(stderr, "%s: 0x%lx\n", #call, (unsigned long)rv); \
      exit(1);                                                 \
    }                                                          \
  } while (0)

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int count, char **argument) {
  if (count != 6) return 2;
  void *library = dlopen(argument[1], RTLD_NOW);
  CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
  if (!get) return 1;
  CK_FUNCTION_LIST *f;
  CHECK(get(&f));
  CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
  CHECK(f->C_Initialize(&arguments));
  CK_SLOT_ID slots[256], slot = 0;
  CK_ULONG n = 256;
  CHECK(f->C_GetSlotList(1, slots, &n));
  char label[33];
  snprintf(label, sizeof label, "%-32s", argument[2]);
  for (CK_ULONG i = 0; i < n; i++) {
    CK_TOKEN_INFO info;
    if (f->C_GetTokenInfo(slots[i], &info) == CKR_OK && !memcmp(info.label, label, 32)) slot = slots[i];
  }
  CK_SESSION_HANDLE s;
  CHECK(f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &s));
  CHECK(f->C_Login(s, CKU_USER, (CK_UTF8CHAR_PTR)argument[3], strlen(argument[3])));
  CK_ATTRIBUTE template = {CKA_LABEL, argument[4], strlen(argument[4])};
  CK_OBJECT_HANDLE key;
  CHECK(f->C_FindObjectsInit(s, &template, 1));
  CHECK(f->C_FindObjects(s, &key, 1, &n));
  CHECK(f->C_FindObjectsFinal(s));
  if (n != 1) return 1;

  CK_BYTE iv[12] = {0}, aad[60] = {0}, in[32] = {0}, sealed[64], out[64];
  long pairs = atol(argument[5]);
  double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
  for (long i = 0; i < pairs; i++) {
    memcpy(iv, &i, sizeof i);
    gcm_params params = {iv, sizeof iv, 8 * sizeof iv, aad, sizeof aad, 128};
    CK_MECHANISM gcm = {CKM_AES_GCM, &params, sizeof params};
    CK_ULONG length = sizeof sealed, opened = sizeof out;
    CHECK(f->C_EncryptInit(s, &gcm, key));
    CHECK(f->C_Encrypt(s, in, sizeof in, sealed, &length));
    CHECK(f->C_DecryptInit(s, &gcm, key));
    CHECK(f->C_Decrypt(s, sealed, length, out, &opened));
    if (opened != sizeof in || memcmp(in, out, opened)) return 1;
  }
  printf("%.2f %.2f\n", (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / pairs * 1e6,
         (seconds(CLOCK_MONOTONIC) - wall) / pairs * 1e6);
  return 0;
}
