#include <p11-kit/pkcs11.h>

/* Adds a line to the file that FAULTY_TOKEN_LOGINS names: login USERTYPE(hex) TOKENLABEL, or ? for a token that is not known. */
void record_login(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session, CK_USER_TYPE user);
