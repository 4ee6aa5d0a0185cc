/* See sessions.h. */
#include "sessions.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static session *sessions;

typedef int which(const session *candidate, CK_ULONG value);

static int has_handle(const session *candidate, CK_ULONG handle) { return candidate->handle == handle; }
static int has_slot(const session *candidate, CK_ULONG slot) { return candidate->slot == slot; }
static int is_any(const session *candidate, CK_ULONG value) { return 1; }

/* With the mutex. */
static session *find(which *is, CK_ULONG value) {
  session *found = sessions;
  while (found && !is(found, value)) found = found->next;
  return found;
}

static void remove_each(which *is, CK_ULONG value) {
  pthread_mutex_lock(&mutex);
  session **at = &sessions;
  while (*at) {
    session *each = *at;
    if (is(each, value)) {
      *at = each->next;
      free(each);
    } else {
      at = &each->next;
    }
  }
  pthread_mutex_unlock(&mutex);
}

void add_session(CK_SESSION_HANDLE handle, CK_SLOT_ID slot, CK_FLAGS flags) {
  session *added = calloc(1, sizeof *added);
  pthread_mutex_lock(&mutex);
  session *other = find(has_slot, slot);
  *added = (session){.handle = handle, .slot = slot, .flags = flags, .limited = other && other->limited, .next = sessions};
  sessions = added;
  pthread_mutex_unlock(&mutex);
}

void remove_session(CK_SESSION_HANDLE handle) { remove_each(has_handle, handle); }
void remove_sessions_of(CK_SLOT_ID slot) { remove_each(has_slot, slot); }
void remove_all_sessions(void) { remove_each(is_any, 0); }

CK_ULONG count_sessions(void) {
  CK_ULONG count = 0;
  pthread_mutex_lock(&mutex);
  for (session *each = sessions; each; each = each->next) count++;
  pthread_mutex_unlock(&mutex);
  return count;
}

session session_of(CK_SESSION_HANDLE handle) {
  pthread_mutex_lock(&mutex);
  session *found = find(has_handle, handle);
  session copy = found ? *found : (session){0};
  pthread_mutex_unlock(&mutex);
  return copy;
}

void set_limited(CK_SESSION_HANDLE handle, int limited) {
  pthread_mutex_lock(&mutex);
  session *found = find(has_handle, handle);
  for (session *each = sessions; found && each; each = each->next)
    if (each->slot == found->slot) each->limited = limited;
  pthread_mutex_unlock(&mutex);
}

void set_iv(CK_SESSION_HANDLE handle, const CK_BYTE *iv, CK_ULONG length) {
  pthread_mutex_lock(&mutex);
  session *found = find(has_handle, handle);
  if (found) {
    if (length) memcpy(found->iv, iv, length);
    found->iv_length = length;
  }
  pthread_mutex_unlock(&mutex);
}
