/*
 * Adds to a PKCS#11 module what vendors of HSMs in China add: SM4 (GB/T 32907) and HMAC-SM3
 * (GB/T 32905), computed by OpenSSL 3. For tests: keys lie in the module behind it in plain.
 *
 * PKCS#11 has no numbers for these; here they are Sansec's where Sansec has one.
 */
#include <p11-kit/pkcs11.h>

#define CKK_SM4 0x80000106UL
#define CKM_SM4_KEY_GEN 0x80000107UL
#define CKM_SM4_CBC 0x80000109UL
#define CKM_SM4_CBC_PAD 0x8000A102UL
#define CKM_SM4_GCM 0x8000010FUL
#define CKM_SM3_HMAC 0x80000F01UL

typedef struct {
  CK_BYTE_PTR iv;
  CK_ULONG iv_length, iv_bits;
  CK_BYTE_PTR aad;
  CK_ULONG aad_length, tag_bits;
} gcm_params;

/* The functions of the module, with SM4 added. Once per process. */
CK_FUNCTION_LIST *with_vendor_sm4(CK_FUNCTION_LIST *module);
