/*
 * memory fill|count FILE WORD: works on a whole region of a PCI function, as sysfs shows it (`resource2`), from end to end.
 *
 * `fill` writes the word, cut or filled up to sixteen bytes, over all of it; `count` prints how many times it stands there and how
 * many places there are. Static, for a guest within the guest has nothing but busybox.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { WORD = 16 };

int main(int count, char **words)
{
    uint64_t wanted[WORD / 8] = { 0 };
    struct stat state;

    if (count != 4) {
        return 2;
    }
    int file = open(words[2], O_RDWR | O_SYNC);
    if (file < 0 || fstat(file, &state) < 0) {
        perror(words[2]);
        return 1;
    }
    volatile uint64_t *memory = mmap(NULL, state.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    memcpy(wanted, words[3], strnlen(words[3], WORD));
    uint64_t places = state.st_size / WORD, found = 0;
    for (uint64_t place = 0; place < places; place++) {
        if (words[1][0] == 'f') {
            memory[2 * place] = wanted[0];
            memory[2 * place + 1] = wanted[1];
        } else {
            found += memory[2 * place] == wanted[0] && memory[2 * place + 1] == wanted[1];
        }
    }
    if (words[1][0] != 'f') {
        printf("%llu of %llu\n", (unsigned long long)found, (unsigned long long)places);
    }
    return 0;
}
