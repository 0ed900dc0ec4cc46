#define _GNU_SOURCE
#include "CHugePages.h"

// Any header of the C library tells whether it is glibc.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t huge_page = 2u << 20;

/// How much address space the heap is given at once, a quarter of the memory at most: only what is touched of it
/// becomes memory. glibc takes an int.
static size_t stride(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || size <= 0) return 0;
    size_t quarter = (size_t)pages * (size_t)size / 4, most = 1u << 30;
    return quarter < most ? quarter : most;
}

/// Whether the kernel gives huge pages to who asks; to everybody or to nobody, asking changes nothing.
static int are_granted_on_request(void) {
    char modes[64] = "";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (!file) return 0;
    size_t length = fread(modes, 1, sizeof modes - 1, file);
    fclose(file);
    modes[length] = 0;
    return strstr(modes, "[madvise]") != NULL;
}

void use_huge_pages(void) {
    size_t size = stride();
    if (size < 16 * huge_page || !are_granted_on_request()) return;
    // The heap can only be asked for as a whole once it has grown: make sure that it can, and that it does so at once.
    uintptr_t start = (uintptr_t)sbrk(0);
    if (sbrk((intptr_t)size) == (void *)-1) return;
    sbrk(-(intptr_t)size);
    mallopt(M_TOP_PAD, (int)size);
    // Large arrays live on the heap too, as they do once glibc has seen one go; with an option set it stops looking.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    void *volatile block = malloc(1 << 20);
    free(block);
    uintptr_t end = (uintptr_t)sbrk(0), first = (start + huge_page - 1) & ~(uintptr_t)(huge_page - 1);
    if (end > first) madvise((void *)first, end - first, MADV_HUGEPAGE);
}
#else
void use_huge_pages(void) {}
#endif
