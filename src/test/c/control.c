/* See control.h. */
#define _GNU_SOURCE
#include "control.h"
#include "beside.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_TEXT 16384
#define MOST_LINES 128
#define MOST_FUNCTIONS 80

static _Thread_local char text[MOST_TEXT];
static _Thread_local control_line lines[MOST_LINES];
static _Thread_local int line_count;

/* Held over reading and counting: else a thread that read the file before it changed could count after that. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct stat last;
static struct { char name[40]; long calls; } counters[MOST_FUNCTIONS];

static int open_control(void) {
  static char own[4096];
  if (!*own) beside(".control", own, sizeof own);
  int file = open(own, O_RDONLY | O_CLOEXEC);
  const char *common = getenv("FAULTY_TOKEN_CONTROL");
  return file < 0 && common ? open(common, O_RDONLY | O_CLOEXEC) : file;
}

/* Files that follow one another fast can have the same time, but not the same inode too. */
static void forget_calls_of_another_file(int file) {
  struct stat now;
  if (fstat(file, &now)) return;
  if (now.st_ino == last.st_ino && now.st_mtim.tv_sec == last.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == last.st_mtim.tv_nsec)
    return;
  last = now;
  memset(counters, 0, sizeof counters);
}

static void read_text(int file) {
  size_t length = 0;
  ssize_t more;
  while ((more = read(file, text + length, sizeof text - 1 - length)) > 0) length += more;
  text[length] = 0;
}

static void split_into_lines(void) {
  char *at = text, *line;
  while (line_count < MOST_LINES && (line = strsep(&at, "\n"))) {
    char *rest = NULL;
    char *subject = strtok_r(line, " \t", &rest);
    if (!subject) continue;
    char *word = strtok_r(NULL, " \t", &rest);
    lines[line_count++] = word ? (control_line){subject, word, rest} : (control_line){subject, "", ""};
  }
}

/* With the mutex. */
static void read_lines(void) {
  line_count = 0;
  int file = open_control();
  if (file < 0) return;
  forget_calls_of_another_file(file);
  read_text(file);
  close(file);
  split_into_lines();
}

static long count(const char *function) {
  for (int i = 0; i < MOST_FUNCTIONS; i++) {
    if (!counters[i].name[0]) strncpy(counters[i].name, function, sizeof counters[i].name - 1);
    if (!strcmp(counters[i].name, function)) return ++counters[i].calls;
  }
  return 0;
}

void read_control(void) {
  pthread_mutex_lock(&mutex);
  read_lines();
  pthread_mutex_unlock(&mutex);
}

long begin_call(const char *function) {
  pthread_mutex_lock(&mutex);
  read_lines();
  long call = count(function);
  pthread_mutex_unlock(&mutex);
  return call;
}

static int is_about(const control_line *line, const char *subject) {
  return !strcmp(line->subject, subject) || (!strcmp(line->subject, "*") && !strncmp(subject, "C_", 2));
}

const control_line *next_line(const control_line *after, const char *subject) {
  const control_line *line = after ? after + 1 : lines;
  while (line < lines + line_count && !is_about(line, subject)) line++;
  return line < lines + line_count ? line : NULL;
}

const char *told(const char *subject, const char *word) {
  const control_line *line = NULL;
  while ((line = next_line(line, subject)))
    if (!strcmp(line->word, word)) return line->rest;
  return NULL;
}
