/*
 * Adds to a PKCS#11 module what real HSMs do and SoftHSM does not, if the control file says so: limits and needs of sessions,
 * IVs of their own, logins by pin pad and by users with fewer rights, other return values, other forms of what is described.
 */
#include <p11-kit/pkcs11.h>

/* The functions of the module, with these habits. Once per process. */
CK_FUNCTION_LIST *with_hsm_habits(CK_FUNCTION_LIST *module);
