/*
 * A PKCS#11 module for tests: SoftHSM, with a vendor's SM4 (vendor-sm4.h), with habits of real HSMs (hsm-habits.h), with wrong
 * answers (wrong-answers.h) and with the faults here. What is not as in SoftHSM is in a file that is read anew at each call:
 * the one beside this module, MODULE.control, or else the one that FAULTY_TOKEN_CONTROL names. A line each:
 *
 *   FUNCTION fail CODE [AT]       returns CODE (hex); with AT only the AT-th call after the file changed
 *   FUNCTION fail CODE every N    the same for every N-th call after the file changed
 *   FUNCTION fail CODE random N   the same for one call in N, at random
 *   FUNCTION hang                 does not return until the line is gone
 *   FUNCTION slow MILLISECONDS    does what it does that much later
 *   reset N                       once for each N: closes all sessions, so that logins are lost too
 *   destructor hang               takes 60 s to unload, so to end the process too
 *   functions null                when the module is loaded: only what serving with AES-GCM needs is in the list of functions
 *   functions none                there is no list of functions, and that is CKR_OK
 *
 *   C_Encrypt corrupt             flips a bit of the ciphertext; also C_Sign, with the MAC
 *   C_Encrypt lie                 says that it wrote 1,000,000,000 bytes
 *   C_GetSlotList lie             says that there are 100,000,000; also C_GetMechanismList
 *   C_FindObjects lie             always finds as many as asked for
 *   C_FindObjects overcount       says that it found 1,000,000,000 at once
 *   C_GetAttributeValue lie       says that each value has 1,000,000,000 bytes
 *
 *   iv written-back|appended      makes the IV itself, as tokens in FIPS mode do
 *   iv null-appended              the same as a Luna: takes no IV, appends one of 16 bytes
 *   sessions N [untold]           no more than N open at once, of all slots; untold: C_GetTokenInfo does not say so
 *   sessions read-write           no operation with a key in sessions that are read-only
 *   login pin-pad PIN             has a pin pad, on which somebody types PIN: takes no PIN from the program
 *   user NUMBER limited           a user type (hex) that logs in as CKU_USER does, but may not make token objects
 *   C_Login wrong-pin CODE        returns CODE (hex) for a wrong PIN
 *   C_Decrypt wrong-tag CODE      returns CODE (hex) whatever it fails with
 *   initialize reserved TEXT      C_Initialize needs this string, the rest of the line, in pReserved
 *   initialize arguments CODE     C_Initialize takes no arguments: returns CODE (hex) for any
 *   labels nul                    C_GetTokenInfo pads its texts with NUL
 *   serials same                  each token says that its serial number is 123
 *
 * FUNCTION may be * for all. Each C_Login is a line in the file that FAULTY_TOKEN_LOGINS names (login-record.h).
 */
#include "beside.h"
#include "control.h"
#include "hsm-habits.h"
#include "login-record.h"
#include "vendor-sm4.h"
#include "wrong-answers.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define MOST_RESETS 1000
#define MOST_SLOTS 10000

static CK_FUNCTION_LIST *token;
static CK_FUNCTION_LIST faulty;
/* SoftHSM does not survive that sessions are closed under a call: a reset waits for all calls. */
static pthread_rwlock_t inside = PTHREAD_RWLOCK_INITIALIZER;

/* ---- faults ---- */

static void close_all_sessions(void) {
  static CK_SLOT_ID slots[MOST_SLOTS];
  CK_ULONG n = MOST_SLOTS;
  pthread_rwlock_wrlock(&inside);
  CK_RV rv = token->C_GetSlotList(1, slots, &n);
  if (rv == CKR_BUFFER_TOO_SMALL) {
    fprintf(stderr, "reset: there are more than %d slots\n", MOST_SLOTS);
    abort();
  }
  if (rv != CKR_OK) n = 0;
  for (CK_ULONG i = 0; i < n; i++) token->C_CloseAllSessions(slots[i]);
  pthread_rwlock_unlock(&inside);
}

/* Remembers those that were done, not only the last: another thread can still have the file from before. */
static void reset(long number) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static long done[MOST_RESETS];
  static int count;
  pthread_mutex_lock(&mutex);
  int i = 0;
  while (i < count && i < MOST_RESETS && done[i] != number) i++;
  if (i == count || i == MOST_RESETS) {
    done[count++ % MOST_RESETS] = number;
    close_all_sessions();
  }
  pthread_mutex_unlock(&mutex);
}

static void follow_resets(void) {
  const control_line *line = NULL;
  while ((line = next_line(line, "reset"))) reset(atol(line->word));
}

static CK_RV failure(const char *function, long call) {
  const control_line *line = NULL;
  while ((line = next_line(line, function))) {
    if (strcmp(line->word, "fail")) continue;
    unsigned long code;
    long at, every;
    if (sscanf(line->rest, "%lx every %ld", &code, &every) == 2) {
      if (every > 0 && call % every == 0) return code;
      continue;
    }
    if (sscanf(line->rest, "%lx random %ld", &code, &every) == 2) {
      if (every > 0 && random() % every == 0) return code;
      continue;
    }
    int n = sscanf(line->rest, "%lx %ld", &code, &at);
    if (n == 1 || (n == 2 && at == call)) return code;
  }
  return CKR_OK;
}

static CK_RV fault(const char *function) {
  long call = begin_call(function);
  follow_resets();
  while (told(function, "hang")) {
    usleep(5000);
    read_control();
  }
  const char *slow = told(function, "slow");
  if (slow) usleep(1000 * atol(slow));
  return failure(function, call);
}

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
FORWARD(C_Finalize, (void *a), (a))
FORWARD(C_GetSlotList, (CK_BBOOL a, CK_SLOT_ID_PTR b, CK_ULONG_PTR c), (a, b, c))
FORWARD(C_GetTokenInfo, (CK_SLOT_ID a, CK_TOKEN_INFO_PTR b), (a, b))
FORWARD(C_GetMechanismList, (CK_SLOT_ID a, CK_MECHANISM_TYPE_PTR b, CK_ULONG_PTR c), (a, b, c))
FORWARD(C_GetMechanismInfo, (CK_SLOT_ID a, CK_MECHANISM_TYPE b, CK_MECHANISM_INFO_PTR c), (a, b, c))
FORWARD(C_OpenSession, (CK_SLOT_ID a, CK_FLAGS b, void *c, CK_NOTIFY d, CK_SESSION_HANDLE_PTR e), (a, b, c, d, e))
FORWARD(C_CloseSession, (CK_SESSION_HANDLE a), (a))
FORWARD(C_GetSessionInfo, (CK_SESSION_HANDLE a, CK_SESSION_INFO_PTR b), (a, b))
FORWARD(C_FindObjectsInit, (CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c), (a, b, c))
FORWARD(C_FindObjects, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE_PTR b, CK_ULONG c, CK_ULONG_PTR d), (a, b, c, d))
FORWARD(C_FindObjectsFinal, (CK_SESSION_HANDLE a), (a))
FORWARD(C_GetAttributeValue, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b, CK_ATTRIBUTE_PTR c, CK_ULONG d), (a, b, c, d))
FORWARD(C_GenerateKey, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_ATTRIBUTE_PTR c, CK_ULONG d, CK_OBJECT_HANDLE_PTR e), (a, b, c, d, e))
FORWARD(C_CreateObject, (CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c, CK_OBJECT_HANDLE_PTR d), (a, b, c, d))
FORWARD(C_DestroyObject, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b), (a, b))
FORWARD(C_GenerateRandom, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c), (a, b, c))
FORWARD(C_SignInit, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_OBJECT_HANDLE c), (a, b, c))
FORWARD(C_Sign, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c, CK_BYTE_PTR d, CK_ULONG_PTR e), (a, b, c, d, e))
FORWARD(C_EncryptInit, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_OBJECT_HANDLE c), (a, b, c))
FORWARD(C_Encrypt, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c, CK_BYTE_PTR d, CK_ULONG_PTR e), (a, b, c, d, e))
FORWARD(C_DecryptInit, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_OBJECT_HANDLE c), (a, b, c))
FORWARD(C_Decrypt, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c, CK_BYTE_PTR d, CK_ULONG_PTR e), (a, b, c, d, e))
FORWARD(C_Login, (CK_SESSION_HANDLE a, CK_USER_TYPE b, CK_UTF8CHAR_PTR c, CK_ULONG d), (a, b, c, d))

/* Before its faults: a login that fails or hangs counts too. */
static CK_RV recorded_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  pthread_rwlock_rdlock(&inside);
  record_login(token, session, user);
  pthread_rwlock_unlock(&inside);
  return faulty_C_Login(session, user, pin, length);
}

/* ---- loading and unloading ---- */

/* A copy of SoftHSM beside this module, FILE.softhsm, if there is one: it has a state of its own. */
static void *load_softhsm(void) {
  char own[4096];
  beside(".softhsm", own, sizeof own);
  return dlopen(access(own, R_OK) ? SOFTHSM : own, RTLD_NOW | RTLD_LOCAL);
}

#define SET(name) faulty.name = faulty_##name

static void set_needed_functions(void) {
  faulty.version = token->version;
  faulty.C_GetFunctionList = C_GetFunctionList;
  faulty.C_Login = recorded_C_Login;
  SET(C_Initialize);
  SET(C_Finalize);
  SET(C_GetSlotList);
  SET(C_GetTokenInfo);
  SET(C_GetMechanismList);
  SET(C_OpenSession);
  SET(C_CloseSession);
  SET(C_FindObjectsInit);
  SET(C_FindObjects);
  SET(C_FindObjectsFinal);
  SET(C_GetAttributeValue);
  SET(C_EncryptInit);
  SET(C_Encrypt);
  SET(C_DecryptInit);
  SET(C_Decrypt);
}

static void set_all_functions(void) {
  faulty = *token;
  set_needed_functions();
  SET(C_GetMechanismInfo);
  SET(C_GetSessionInfo);
  SET(C_CreateObject);
  SET(C_DestroyObject);
  SET(C_SignInit);
  SET(C_Sign);
  SET(C_GenerateKey);
  SET(C_GenerateRandom);
}

static void load(void) {
  CK_FUNCTION_LIST *softhsm;
  void *library = load_softhsm();
  CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
  if (!get || get(&softhsm) != CKR_OK) return;
  token = with_wrong_answers(with_hsm_habits(with_vendor_sm4(softhsm)));
  if (told("functions", "null"))
    set_needed_functions();
  else
    set_all_functions();
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  read_control();
  *list = NULL;
  if (told("functions", "none")) return CKR_OK;
  pthread_once(&once, load);
  if (!token) return CKR_GENERAL_ERROR;
  *list = &faulty;
  return CKR_OK;
}

__attribute__((destructor)) static void unload(void) {
  read_control();
  if (told("destructor", "hang")) sleep(60);
}
