/* A file beside this module: the path of the module with this at its end; empty if it cannot be told. */
void beside(const char *suffix, char *path, unsigned long room);
