/* The sessions that are open, with what the module must know of each. PKCS#11 has no way to ask the module behind for it. */
#include <p11-kit/pkcs11.h>

#define MOST_IV 16

typedef struct session {
  CK_SESSION_HANDLE handle;
  CK_SLOT_ID slot;
  CK_FLAGS flags;
  int limited; /* the user that logged in to the token may not make keys */
  CK_BYTE iv[MOST_IV];
  CK_ULONG iv_length; /* of the IV to append to the ciphertext */
  struct session *next;
} session;

void add_session(CK_SESSION_HANDLE handle, CK_SLOT_ID slot, CK_FLAGS flags);
void remove_session(CK_SESSION_HANDLE handle);
void remove_sessions_of(CK_SLOT_ID slot);
void remove_all_sessions(void);

CK_ULONG count_sessions(void);

/* A copy, as another thread may close the session; handle 0: there is no such session. */
session session_of(CK_SESSION_HANDLE handle);

/* For all sessions of its token, and those opened while one of them is: as long as a login lasts. */
void set_limited(CK_SESSION_HANDLE handle, int limited);

void set_iv(CK_SESSION_HANDLE handle, const CK_BYTE *iv, CK_ULONG length);
