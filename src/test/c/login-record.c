/* See login-record.h. */
#include "login-record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int length_without_padding(const CK_UTF8CHAR *label, int length) {
  while (length && (label[length - 1] == ' ' || !label[length - 1])) length--;
  return length;
}

void record_login(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session, CK_USER_TYPE user) {
  const char *path = getenv("FAULTY_TOKEN_LOGINS");
  int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (file < 0) return;
  CK_SESSION_INFO of;
  CK_TOKEN_INFO token;
  const char *label = "?";
  int length = 1;
  if (module->C_GetSessionInfo(session, &of) == CKR_OK && module->C_GetTokenInfo(of.slotID, &token) == CKR_OK) {
    label = (const char *)token.label;
    length = length_without_padding(token.label, sizeof token.label);
  }
  char line[80];
  ssize_t ignored = write(file, line, snprintf(line, sizeof line, "login %lx %.*s\n", user, length, label));
  (void)ignored;
  close(file);
}
