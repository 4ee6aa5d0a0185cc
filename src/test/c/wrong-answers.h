/* Makes a PKCS#11 module answer what is not so, with CKR_OK, if the control file says so: corrupt data, and lies. */
#include <p11-kit/pkcs11.h>

/* The functions of the module, with these answers. Once per process. */
CK_FUNCTION_LIST *with_wrong_answers(CK_FUNCTION_LIST *module);
