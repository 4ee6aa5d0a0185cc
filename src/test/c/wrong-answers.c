/* See wrong-answers.h; the lines of the control file are described in faulty-token.c. Lies are numbers: no memory is written
 * that the caller did not give. */
#include "wrong-answers.h"
#include "control.h"

#include <pthread.h>

#define MANY 100000000
#define TOO_MANY 1000000000
#define MADE_UP 0x6b657973

static CK_FUNCTION_LIST *behind;
static CK_FUNCTION_LIST wrong;

/* ---- lies ---- */

static CK_RV wrong_C_GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count) {
  CK_RV rv = behind->C_GetSlotList(present, list, count);
  if ((rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL) && told("C_GetSlotList", "lie")) *count = MANY;
  return rv;
}

static CK_RV wrong_C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  CK_RV rv = behind->C_GetMechanismList(slot, list, count);
  if ((rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL) && told("C_GetMechanismList", "lie")) *count = MANY;
  return rv;
}

static CK_RV wrong_C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR found, CK_ULONG most,
                                 CK_ULONG_PTR count) {
  CK_RV rv = behind->C_FindObjects(session, found, most, count);
  if (rv != CKR_OK) return rv;
  if (told("C_FindObjects", "lie")) {
    for (CK_ULONG i = 0; i < most; i++) found[i] = MADE_UP + i;
    *count = most;
  }
  if (told("C_FindObjects", "overcount")) *count = TOO_MANY;
  return rv;
}

static CK_RV wrong_C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR asked,
                                       CK_ULONG count) {
  CK_RV rv = behind->C_GetAttributeValue(session, object, asked, count);
  if (!told("C_GetAttributeValue", "lie")) return rv;
  for (CK_ULONG i = 0; i < count; i++) asked[i].ulValueLen = TOO_MANY;
  return CKR_OK;
}

/* ---- corrupt data ---- */

static CK_RV wrong_C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out,
                             CK_ULONG_PTR length) {
  CK_RV rv = behind->C_Encrypt(session, in, n, out, length);
  if (rv != CKR_OK) return rv;
  if (out && told("C_Encrypt", "corrupt")) out[0] ^= 1;
  if (told("C_Encrypt", "lie")) *length = TOO_MANY;
  return rv;
}

/* Never twice the same: two MACs that are wrong in one way would look right to each other. */
static void corrupt_mac(CK_BYTE_PTR mac) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static unsigned times;
  pthread_mutex_lock(&mutex);
  unsigned now = ++times;
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 4; i++) mac[i] ^= now >> 8 * i;
}

static CK_RV wrong_C_Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR length) {
  CK_RV rv = behind->C_Sign(session, in, n, out, length);
  if (rv == CKR_OK && out && told("C_Sign", "corrupt")) corrupt_mac(out);
  return rv;
}

CK_FUNCTION_LIST *with_wrong_answers(CK_FUNCTION_LIST *module) {
  behind = module;
  wrong = *module;
  wrong.C_GetSlotList = wrong_C_GetSlotList;
  wrong.C_GetMechanismList = wrong_C_GetMechanismList;
  wrong.C_FindObjects = wrong_C_FindObjects;
  wrong.C_GetAttributeValue = wrong_C_GetAttributeValue;
  wrong.C_Encrypt = wrong_C_Encrypt;
  wrong.C_Sign = wrong_C_Sign;
  return &wrong;
}
