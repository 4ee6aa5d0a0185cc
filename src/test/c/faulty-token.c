/*
 * A PKCS#11 module for tests: SoftHSM, with a vendor's SM4 (vendor-sm4.h) and with faults. What goes wrong is in the file that
 * FAULTY_TOKEN_CONTROL names, read anew at each call; a line each:
 *
 *   FUNCTION fail CODE [AT]   returns CODE (hex); with AT only the AT-th call after the file changed
 *   FUNCTION hang             does not return until the line is gone
 *   C_Encrypt corrupt         flips a bit of the ciphertext; also C_Sign, with the MAC
 *   reset N                   once for each N: closes all sessions, so that logins are lost too
 *   iv written-back|appended  makes the IV itself, as tokens in FIPS mode do
 *
 * FUNCTION may be * for all. Each C_Login is a line in the file that FAULTY_TOKEN_LOGINS names.
 */
#define _GNU_SOURCE
#include "vendor-sm4.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define MOST_SESSIONS 4096
#define MOST_FUNCTIONS 80

static CK_FUNCTION_LIST *token;
static CK_FUNCTION_LIST faulty;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
/* SoftHSM does not survive that sessions are closed under a call: a reset waits for all calls. */
static pthread_rwlock_t inside = PTHREAD_RWLOCK_INITIALIZER;
static long resets;
static struct timespec changed;
static struct { char name[40]; long calls; } counters[MOST_FUNCTIONS];
static struct { CK_BYTE iv[16]; CK_ULONG length; } ivs[MOST_SESSIONS];

static long count(const char *name) {
  for (int i = 0; i < MOST_FUNCTIONS; i++) {
    if (!counters[i].name[0]) strncpy(counters[i].name, name, sizeof counters[i].name - 1);
    if (!strcmp(counters[i].name, name)) return ++counters[i].calls;
  }
  return 0;
}

static void reset(long number) {
  if (number == resets) return;
  resets = number;
  CK_SLOT_ID slots[64];
  CK_ULONG n = 64;
  pthread_rwlock_wrlock(&inside);
  if (token->C_GetSlotList(1, slots, &n) == CKR_OK)
    for (CK_ULONG i = 0; i < n; i++) token->C_CloseAllSessions(slots[i]);
  pthread_rwlock_unlock(&inside);
}

/* Says whether the control file has this word for the function; code and call number if it has. */
static int told(const char *name, const char *what, unsigned long *code, long call) {
  const char *path = getenv("FAULTY_TOKEN_CONTROL");
  FILE *file = path ? fopen(path, "r") : NULL;
  if (!file) return 0;
  char line[200], function[40], word[40];
  int found = 0;
  while (!found && fgets(line, sizeof line, file)) {
    unsigned long rv = 0;
    long at = 0;
    int n = sscanf(line, "%39s %39s %lx %ld", function, word, &rv, &at);
    if (n < 2 || strcmp(word, what) || (strcmp(function, name) && strcmp(function, "*"))) continue;
    found = n < 4 || at == call;
    if (found && code) *code = rv;
  }
  fclose(file);
  return found;
}

static void follow_control(void) {
  const char *path = getenv("FAULTY_TOKEN_CONTROL");
  struct stat now;
  if (!path || stat(path, &now)) return;
  if (now.st_mtim.tv_sec != changed.tv_sec || now.st_mtim.tv_nsec != changed.tv_nsec) {
    changed = now.st_mtim;
    memset(counters, 0, sizeof counters);
  }
  FILE *file = fopen(path, "r");
  char line[200];
  long number;
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "reset %ld", &number) == 1) reset(number);
  if (file) fclose(file);
}

static CK_RV fault(const char *name) {
  pthread_mutex_lock(&mutex);
  follow_control();
  long call = count(name);
  pthread_mutex_unlock(&mutex);
  while (told(name, "hang", NULL, 0)) usleep(5000);
  unsigned long code = CKR_OK;
  return told(name, "fail", &code, call) ? code : CKR_OK;
}

static int mode(const char *which) { return told("iv", which, NULL, 0); }

#define FORWARD(name, parameters, arguments)      \
  static CK_RV faulty_##name parameters {         \
    CK_RV rv = fault(#name);                      \
    if (rv != CKR_OK) return rv;                  \
    pthread_rwlock_rdlock(&inside);               \
    rv = token->name arguments;                   \
    pthread_rwlock_unlock(&inside);               \
    return rv;                                    \
  }

FORWARD(C_Initialize, (void *a), (a))
FORWARD(C_GetSlotList, (CK_BBOOL a, CK_SLOT_ID_PTR b, CK_ULONG_PTR c), (a, b, c))
FORWARD(C_GetTokenInfo, (CK_SLOT_ID a, CK_TOKEN_INFO_PTR b), (a, b))
FORWARD(C_OpenSession, (CK_SLOT_ID a, CK_FLAGS b, void *c, CK_NOTIFY d, CK_SESSION_HANDLE_PTR e), (a, b, c, d, e))
FORWARD(C_CloseSession, (CK_SESSION_HANDLE a), (a))
FORWARD(C_FindObjectsInit, (CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c), (a, b, c))
FORWARD(C_FindObjects, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE_PTR b, CK_ULONG c, CK_ULONG_PTR d), (a, b, c, d))
FORWARD(C_FindObjectsFinal, (CK_SESSION_HANDLE a), (a))
FORWARD(C_GetAttributeValue, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b, CK_ATTRIBUTE_PTR c, CK_ULONG d), (a, b, c, d))
FORWARD(C_GenerateKey, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_ATTRIBUTE_PTR c, CK_ULONG d, CK_OBJECT_HANDLE_PTR e), (a, b, c, d, e))
FORWARD(C_CreateObject, (CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c, CK_OBJECT_HANDLE_PTR d), (a, b, c, d))
FORWARD(C_DestroyObject, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b), (a, b))
FORWARD(C_GenerateRandom, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c), (a, b, c))
FORWARD(C_SignInit, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_OBJECT_HANDLE c), (a, b, c))
FORWARD(C_DecryptInit, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_OBJECT_HANDLE c), (a, b, c))
FORWARD(C_Decrypt, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c, CK_BYTE_PTR d, CK_ULONG_PTR e), (a, b, c, d, e))

static CK_RV faulty_C_Login(CK_SESSION_HANDLE s, CK_USER_TYPE u, CK_UTF8CHAR_PTR pin, CK_ULONG n) {
  const char *path = getenv("FAULTY_TOKEN_LOGINS");
  int log = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
  if (log >= 0) {
    ssize_t ignored = write(log, "login\n", 6);
    (void)ignored;
    close(log);
  }
  CK_RV rv = fault("C_Login");
  if (rv != CKR_OK) return rv;
  pthread_rwlock_rdlock(&inside);
  rv = token->C_Login(s, u, pin, n);
  pthread_rwlock_unlock(&inside);
  return rv;
}

static CK_RV encrypt_init(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k) {
  CK_RV rv;
  if (m->mechanism == CKM_AES_GCM && (mode("written-back") || mode("appended"))) {
    gcm_params *p = m->pParameter;
    CK_BYTE iv[16];
    token->C_GenerateRandom(s, iv, p->iv_length);
    memcpy(ivs[s % MOST_SESSIONS].iv, iv, p->iv_length);
    ivs[s % MOST_SESSIONS].length = p->iv_length;
    gcm_params own = *p;
    own.iv = iv;
    CK_MECHANISM with_own = {CKM_AES_GCM, &own, sizeof own};
    rv = token->C_EncryptInit(s, &with_own, k);
    if (mode("written-back")) memcpy(p->iv, iv, p->iv_length);
    return rv;
  }
  return token->C_EncryptInit(s, m, k);
}

static CK_RV faulty_C_EncryptInit(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k) {
  CK_RV rv = fault("C_EncryptInit");
  if (rv != CKR_OK) return rv;
  pthread_rwlock_rdlock(&inside);
  rv = encrypt_init(s, m, k);
  pthread_rwlock_unlock(&inside);
  return rv;
}

static CK_RV encrypt(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR length) {
  CK_ULONG room = *length;
  CK_RV rv = token->C_Encrypt(s, in, n, out, length);
  if (rv == CKR_OK && out && told("C_Encrypt", "corrupt", NULL, 0)) out[0] ^= 1;
  if (rv == CKR_OK && out && mode("appended")) {
    CK_ULONG iv = ivs[s % MOST_SESSIONS].length;
    if (*length + iv > room) return CKR_BUFFER_TOO_SMALL;
    memcpy(out + *length, ivs[s % MOST_SESSIONS].iv, iv);
    *length += iv;
  }
  return rv;
}

static CK_RV faulty_C_Encrypt(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR length) {
  CK_RV rv = fault("C_Encrypt");
  if (rv != CKR_OK) return rv;
  pthread_rwlock_rdlock(&inside);
  rv = encrypt(s, in, n, out, length);
  pthread_rwlock_unlock(&inside);
  return rv;
}

/* Never twice the same: two MACs that are wrong in one way would look right to each other. */
static void corrupt_mac(CK_BYTE_PTR mac) {
  static unsigned times;
  pthread_mutex_lock(&mutex);
  unsigned now = ++times;
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 4; i++) mac[i] ^= now >> 8 * i;
}

static CK_RV faulty_C_Sign(CK_SESSION_HANDLE s, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR length) {
  CK_RV rv = fault("C_Sign");
  if (rv != CKR_OK) return rv;
  pthread_rwlock_rdlock(&inside);
  rv = token->C_Sign(s, in, n, out, length);
  pthread_rwlock_unlock(&inside);
  if (rv == CKR_OK && out && told("C_Sign", "corrupt", NULL, 0)) corrupt_mac(out);
  return rv;
}

/* A copy of SoftHSM beside this module, FILE.softhsm, if there is one: it has a state of its own. */
static const char *softhsm(void) {
  static char beside[4096];
  Dl_info self;
  if (!dladdr((void *)softhsm, &self)) return SOFTHSM;
  snprintf(beside, sizeof beside, "%s.softhsm", self.dli_fname);
  return access(beside, R_OK) ? SOFTHSM : beside;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  if (!token) {
    void *library = dlopen(softhsm(), RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&token) != CKR_OK) return CKR_GENERAL_ERROR;
    token = with_vendor_sm4(token);
    faulty = *token;
    faulty.C_GetFunctionList = C_GetFunctionList;
    faulty.C_Initialize = faulty_C_Initialize;
    faulty.C_GetSlotList = faulty_C_GetSlotList;
    faulty.C_GetTokenInfo = faulty_C_GetTokenInfo;
    faulty.C_OpenSession = faulty_C_OpenSession;
    faulty.C_CloseSession = faulty_C_CloseSession;
    faulty.C_Login = faulty_C_Login;
    faulty.C_FindObjectsInit = faulty_C_FindObjectsInit;
    faulty.C_FindObjects = faulty_C_FindObjects;
    faulty.C_FindObjectsFinal = faulty_C_FindObjectsFinal;
    faulty.C_GetAttributeValue = faulty_C_GetAttributeValue;
    faulty.C_GenerateKey = faulty_C_GenerateKey;
    faulty.C_EncryptInit = faulty_C_EncryptInit;
    faulty.C_Encrypt = faulty_C_Encrypt;
    faulty.C_CreateObject = faulty_C_CreateObject;
    faulty.C_DestroyObject = faulty_C_DestroyObject;
    faulty.C_GenerateRandom = faulty_C_GenerateRandom;
    faulty.C_SignInit = faulty_C_SignInit;
    faulty.C_Sign = faulty_C_Sign;
    faulty.C_DecryptInit = faulty_C_DecryptInit;
    faulty.C_Decrypt = faulty_C_Decrypt;
  }
  *list = &faulty;
  return CKR_OK;
}
