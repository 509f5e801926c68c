// SPDX-License-Identifier: GPL-2.0
/*
 * In the guest: have sharing.c look while pktgen sends.
 *
 *   window PACKETS FILE...		of pktgen's devices
 *
 * Ends when each has sent that many packets, and prints how many it really were,
 * and the seconds that it took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../plugin/window.h"

#define STRING(x)	#x
#define NOP(number)	asm volatile("nopl " STRING(number) "(%%rax)" ::: "memory")
#define DEVICES		2

static unsigned long long sent(const char *path)
{
	static const char what[] = "pkts-sofar:";
	unsigned long long packets = 0;
	char text[4096];
	const char *at;
	size_t len;
	FILE *file;

	file = fopen(path, "r");
	if (!file) {
		perror(path);
		exit(1);
	}
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	at = strstr(text, what);
	if (at)
		packets = strtoull(at + strlen(what), NULL, 10);
	return packets;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned long long before[DEVICES], after[DEVICES], packets;
	unsigned int i, slow;
	double start, seconds;

	if (argc != 2 + DEVICES) {
		fprintf(stderr, "usage: window PACKETS FILE FILE\n");
		return 2;
	}
	packets = strtoull(argv[1], NULL, 10);

	for (i = 0; i < DEVICES; i++)
		before[i] = sent(argv[2 + i]);
	start = now();
	NOP(WINDOW_OPEN);
	do {
		usleep(200000);
		for (i = 0, slow = 0; i < DEVICES; i++) {
			after[i] = sent(argv[2 + i]);
			slow += after[i] - before[i] < packets;
		}
	} while (slow);
	NOP(WINDOW_CLOSE);
	seconds = now() - start;

	for (i = 0; i < DEVICES; i++)
		printf("%llu ", after[i] - before[i]);
	printf("%.3f\n", seconds);
	return 0;
}
