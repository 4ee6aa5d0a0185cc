/*
 * The control file, as it was when the call of this thread began: all that a call asks is answered from one reading. Which file
 * that is, and what its lines mean: faulty-token.c.
 */

/* Two words and the rest of the line; what is not there is empty. */
typedef struct {
  const char *subject, *word, *rest;
} control_line;

/* Reads the file for this thread. What was told before is no longer there. */
void read_control(void);

/* The same for a call that begins. Returns which call of the function it is since the file changed, from 1. */
long begin_call(const char *function);

/* The next line after this one (NULL: from the first on) about this subject; NULL: no more. A function is the subject of * too. */
const control_line *next_line(const control_line *after, const char *subject);

/* The rest of the first line with these two words; NULL: there is none. */
const char *told(const char *subject, const char *word);
