/* Sees when the machine itself stands still: a thread of the highest real-time priority on each CPU asks to be woken
 * every millisecond and reports each time that it was woken more than 5 ms late, as a line
 *     CPU  END (seconds since 1970)  LENGTH (milliseconds)
 * What it sees no program on this machine could have prevented. Ends when its standard input does. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void *watch(void *argument)
{
    long cpu = (long)argument;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
    struct sched_param priority = { .sched_priority = 99 };
    sched_setscheduler(0, SCHED_FIFO, &priority);

    double last = seconds(CLOCK_MONOTONIC);
    for (;;) {
        struct timespec step = { 0, 1000000 };
        clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
        double now = seconds(CLOCK_MONOTONIC);
        if (now - last > 0.006)
            printf("%ld %.4f %.1f\n", cpu, seconds(CLOCK_REALTIME), (now - last - 0.001) * 1e3);
        last = now;
    }
    return NULL;
}

int main(void)
{
    mlockall(MCL_CURRENT | MCL_FUTURE);
    setvbuf(stdout, NULL, _IOLBF, 0);
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    for (long cpu = 0; cpu < cpus; cpu++) {
        pthread_t thread;
        pthread_create(&thread, NULL, watch, (void *)cpu);
    }

    char byte;
    while (read(0, &byte, 1) > 0)
        ;
    return 0;
}
