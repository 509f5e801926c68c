// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU plugin: how many instructions each piece of the kernel's code executes,
 * and at which place of its way the packet was meanwhile.
 *
 *   -plugin stages.so,out=PREFIX
 *
 * Counts while a window is open (see window.h) and writes PREFIX.0 for the first
 * one, PREFIX.1 and so on: lines of place, address, instructions. The guest has
 * one processor and one packet at a time on its way, so that the place is told by
 * functions that every packet passes. PREFIX.marks, which is read when a window
 * opens, has their addresses: "ADDRESS N" is at place N, and "ADDRESS -1" is one
 * place on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"

#define EXPORT		__attribute__((visibility("default")))
#define KERNEL		(UINT64_C(1) << 63)
#define BLOCKS		(1U << 20)
#define PLACES		32

/* struct block.mark, besides places */
#define NONE		-2
#define NEXT		-1

/* As many instructions, executed in one go. */
struct block {
	uint64_t pc;
	uint64_t insns;			/* 0: free */
	int mark;
	uint64_t executed[PLACES];
};

EXPORT int qemu_plugin_version = PLUGIN_API_VERSION;

static struct block **blocks;
static unsigned int place, windows;
static bool counting;
static char prefix[4096];

static struct block *find_block(uint64_t pc, uint64_t insns)
{
	unsigned int at = (pc + insns) * UINT64_C(0x9e3779b97f4a7c15) >> 40;
	unsigned int i;

	for (i = 0; i < BLOCKS; i++, at++) {
		struct block **slot = &blocks[at % BLOCKS];

		if (!*slot) {
			*slot = calloc(1, sizeof(**slot));
			if (!*slot)
				return NULL;
			(*slot)->pc = pc;
			(*slot)->insns = insns;
			(*slot)->mark = NONE;
		}
		if ((*slot)->pc == pc && (*slot)->insns == insns)
			return *slot;
	}
	return NULL;
}

static void set_mark(uint64_t pc, int mark)
{
	unsigned int i;

	for (i = 0; i < BLOCKS; i++)
		if (blocks[i] && blocks[i]->pc == pc)
			blocks[i]->mark = mark;
}

static FILE *open_file(const char *suffix, const char *mode)
{
	char path[sizeof(prefix) + 32];

	snprintf(path, sizeof(path), "%s.%s", prefix, suffix);
	return fopen(path, mode);
}

static void on_open(unsigned int cpu, void *data)
{
	FILE *file = open_file("marks", "r");
	uint64_t pc;
	unsigned int i;
	int mark;

	for (i = 0; i < BLOCKS; i++) {
		if (!blocks[i])
			continue;
		blocks[i]->mark = NONE;
		memset(blocks[i]->executed, 0, sizeof(blocks[i]->executed));
	}
	while (file && fscanf(file, "%" SCNx64 " %d", &pc, &mark) == 2)
		set_mark(pc, mark);
	if (file)
		fclose(file);
	else
		qemu_plugin_outs("stages: there are no marks\n");
	place = 0;
	counting = true;
}

static void on_close(unsigned int cpu, void *data)
{
	char number[16];
	unsigned int i, at;
	FILE *file;

	counting = false;
	snprintf(number, sizeof(number), "%u", windows++);
	file = open_file(number, "w");
	if (!file) {
		qemu_plugin_outs("stages: cannot write the result\n");
		return;
	}
	for (i = 0; i < BLOCKS; i++)
		for (at = 0; blocks[i] && at < PLACES; at++)
			if (blocks[i]->executed[at])
				fprintf(file, "%u %" PRIx64 " %" PRIu64 "\n", at,
					blocks[i]->pc,
					blocks[i]->insns * blocks[i]->executed[at]);
	fclose(file);
}

static void on_block(unsigned int cpu, void *data)
{
	struct block *block = data;

	if (!counting)
		return;
	if (block->mark == NEXT)
		place++;
	else if (block->mark != NONE)
		place = block->mark;
	if (place < PLACES)
		block->executed[place]++;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t pc = qemu_plugin_tb_vaddr(tb);
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	struct block *block;

	if (!(pc & KERNEL)) {
		for (i = 0; i < n; i++)
			look_for_marker(qemu_plugin_tb_get_insn(tb, i), on_open,
					on_close);
		return;
	}
	block = find_block(pc, n);
	if (block)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block,
						     QEMU_PLUGIN_CB_NO_REGS,
						     block);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
			       const struct qemu_info *info, int argc,
			       char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "stages: out=PREFIX, please\n");
		return -1;
	}
	snprintf(prefix, sizeof(prefix), "%s", argv[0] + 4);
	blocks = calloc(BLOCKS, sizeof(*blocks));
	if (!blocks)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
