// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU's emulation: which cache lines do two processors share?
 *
 *   -plugin sharing.so,out=PREFIX,symbols=FILE
 *
 * While the guest holds a window open (window.h), the kernel's accesses on the
 * way of a packet are counted by cache line, instruction and processor. That way
 * is what the packet generator calls, transmission and all that local delivery
 * does then and there; but not interrupts, whose share depends on how slow the
 * emulation is. FILE is the guest's /proc/kallsyms, there when the first window
 * opens. Window N leaves PREFIX.N: how many accesses found no room in the tables,
 * and then, a line of text each,
 *
 *   ADDRESS CPU PC LOCKED READS WRITES MOVES
 *
 * MOVES counts accesses for which the line had to come from the other processor,
 * if nothing ever leaves a cache but for that. Addresses are virtual ones: on
 * x86-64 the kernel rarely writes the same memory by two of them. What crosses the
 * end of a line counts for its first one.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../plugin/marker.h"

#define EXPORT		__attribute__((visibility("default")))
#define CPUS		2
#define LINE_SHIFT	6
#define KERNEL		(UINT64_C(1) << 63)

/* What a packet's way begins and ends with, and what each interrupt begins with. */
#define WAY		"pktgen_xmit"
#define INTERRUPT	"asm_"
#define INTERRUPTS	256

/* Powers of two; pages that are never touched cost nothing. */
#define LINES		(1u << 20)
#define USES		(1u << 21)

/* Who has a line in its cache: a mask, and whether it was written there. */
enum { HELD_0 = 1, HELD_1 = 2, HELD_DIRTY = 4 };

struct line {
	_Atomic uint64_t addr;		/* in lines, 0: free */
	_Atomic uint8_t held;
};

/* What one processor's instruction did with one line. */
struct use {
	uint64_t addr;
	uint64_t what;			/* as of instruction() */
	uint32_t reads, writes, moves;
};

/* Where a processor is. */
struct place {
	bool on_way;
	unsigned int interrupts;
	char pad[64];
};

EXPORT int qemu_plugin_version = PLUGIN_API_VERSION;

static struct line *lines;
static struct use *uses[CPUS];
static atomic_bool open_now, watching;
static atomic_uint lost;
static unsigned int windows;
static char prefix[4096], symbols[4096];
static struct place places[CPUS];
static uint64_t way_start, way_end;
static uint64_t interrupts[INTERRUPTS];
static unsigned int n_interrupts;
static qemu_plugin_id_t plugin_id;

static uint64_t hash(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

static struct line *find_line(uint64_t addr)
{
	unsigned int i, at = hash(addr);

	for (i = 0; i < LINES; i++, at++) {
		struct line *line = &lines[at % LINES];
		uint64_t there = atomic_load(&line->addr);

		/* If the other processor is faster, look what it put there. */
		if (!there && atomic_compare_exchange_strong(&line->addr,
							     &there, addr))
			return line;
		if (there == addr)
			return line;
	}
	return NULL;
}

static struct use *find_use(unsigned int cpu, uint64_t addr, uint64_t what)
{
	unsigned int i, at = hash(addr ^ hash(what) << 20);

	for (i = 0; i < USES; i++, at++) {
		struct use *use = &uses[cpu][at % USES];

		if (!use->addr) {
			use->addr = addr;
			use->what = what;
		}
		if (use->addr == addr && use->what == what)
			return use;
	}
	return NULL;
}

/* Does a line have to come from the other processor for this? */
static bool moves(struct line *line, unsigned int cpu, bool store)
{
	uint8_t self = cpu ? HELD_1 : HELD_0, other = cpu ? HELD_0 : HELD_1;
	uint8_t held = atomic_load(&line->held), new;
	bool moved;

	do {
		if (store) {
			new = self | HELD_DIRTY;
			moved = held & other;
		} else {
			/* Reading what only the other one has written. */
			moved = held & HELD_DIRTY && !(held & self);
			new = held | self;
			if (moved)
				new &= ~HELD_DIRTY;
		}
	} while (new != held &&
		 !atomic_compare_exchange_weak(&line->held, &held, new));
	return moved;
}

static void access_line(unsigned int cpu, uint64_t addr, bool store,
			uint64_t what)
{
	struct line *line = find_line(addr);
	struct use *use = find_use(cpu, addr, what);

	if (!line || !use) {
		atomic_fetch_add(&lost, 1);
		return;
	}
	if (store)
		use->writes++;
	else
		use->reads++;
	use->moves += moves(line, cpu, store);
}

static void on_access(unsigned int cpu, qemu_plugin_meminfo_t info,
		      uint64_t vaddr, void *what)
{
	if (!(vaddr & KERNEL) || cpu >= CPUS || !places[cpu].on_way ||
	    places[cpu].interrupts ||
	    !atomic_load_explicit(&open_now, memory_order_relaxed))
		return;
	access_line(cpu, vaddr >> LINE_SHIFT, qemu_plugin_mem_is_store(info),
		    (uintptr_t)what);
}

static void write_window(FILE *file)
{
	unsigned int cpu, i;

	fprintf(file, "%u\n", atomic_load(&lost));
	for (cpu = 0; cpu < CPUS; cpu++) {
		for (i = 0; i < USES; i++) {
			const struct use *use = &uses[cpu][i];

			if (!use->addr)
				continue;
			fprintf(file, "%" PRIx64 " %u %" PRIx64 " %u %" PRIu32
				" %" PRIu32 " %" PRIu32 "\n",
				use->addr << LINE_SHIFT, cpu,
				use->what >> 1 | KERNEL,
				(unsigned int)(use->what & 1),
				use->reads, use->writes, use->moves);
		}
	}
}

/* Is it an atomic read-modify-write: a lock prefix, or xchg with memory? */
static bool is_locked(const uint8_t *code, size_t size)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
					    0x66, 0x67, 0xf2, 0xf3 };
	size_t i;

	for (i = 0; i < size; i++) {
		if (code[i] == 0xf0)
			return true;
		if (!memchr(prefixes, code[i], sizeof(prefixes)))
			break;
	}
	if (i < size && code[i] >> 4 == 4) /* REX */
		i++;
	return i + 1 < size && code[i] >> 1 == 0x86 >> 1 &&
	       code[i + 1] >> 6 != 3;
}

/*
 * An address of the kernel's has its highest bit set: there is room for one bit
 * of our own.
 */
static void *instruction(uint64_t pc, bool locked)
{
	return (void *)(uintptr_t)(pc << 1 | locked);
}

static void on_way_start(unsigned int cpu, void *data)
{
	if (cpu < CPUS)
		places[cpu] = (struct place){ .on_way = true };
}

static void on_way_end(unsigned int cpu, void *data)
{
	if (cpu < CPUS)
		places[cpu].on_way = false;
}

static void on_interrupt(unsigned int cpu, void *data)
{
	if (cpu < CPUS)
		places[cpu].interrupts++;
}

/* Of an interrupt, or of a system call's that never began for us. */
static void on_return(unsigned int cpu, void *data)
{
	if (cpu < CPUS && places[cpu].interrupts)
		places[cpu].interrupts--;
}

static bool is_interrupt(uint64_t pc)
{
	unsigned int i;

	for (i = 0; i < n_interrupts; i++)
		if (interrupts[i] == pc)
			return true;
	return false;
}

/* A return, or what is one with some mitigations: a jump to somewhere else. */
static bool leaves_way(uint64_t pc, const uint8_t *code, size_t size)
{
	int32_t offset;

	if (pc < way_start || pc >= way_end)
		return false;
	if (code[size - 1] == 0xc3 && size <= 2) /* maybe with a prefix */
		return true;
	if (size != 5 || code[0] != 0xe9)
		return false;
	memcpy(&offset, code + 1, sizeof(offset));
	return pc + size + offset < way_start || pc + size + offset >= way_end;
}

static void follow(struct qemu_plugin_insn *insn, uint64_t pc,
		   const uint8_t *code, size_t size)
{
	static const uint8_t iretq[] = { 0x48, 0xcf };
	qemu_plugin_insn_cb_t cb;

	if (pc == way_start)
		cb = on_way_start;
	else if (leaves_way(pc, code, size))
		cb = on_way_end;
	else if (is_interrupt(pc))
		cb = on_interrupt;
	else if (size == sizeof(iretq) && !memcmp(code, iretq, size))
		cb = on_return;
	else
		return;
	qemu_plugin_register_vcpu_insn_exec_cb(insn, cb, QEMU_PLUGIN_CB_NO_REGS,
					       NULL);
}

static void watch(struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);
	uint64_t pc = qemu_plugin_insn_vaddr(insn);

	qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
					 QEMU_PLUGIN_MEM_RW,
					 instruction(pc, is_locked(code, size)));
	follow(insn, pc, code, size);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

/* All that was translated before has been thrown away. */
static void on_reset(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	atomic_store(&open_now, true);
}

/* Where the way begins and ends, and where interrupts begin. */
static bool read_symbols(void)
{
	char text[512], name[256], kind;
	uint64_t address;
	FILE *file;
	int round;

	file = fopen(symbols, "r");
	for (round = 0; file && round < 2; round++) {
		rewind(file);
		while (fgets(text, sizeof(text), file)) {
			if (sscanf(text, "%" SCNx64 " %c %255s", &address,
				   &kind, name) != 3)
				continue;
			if (!round && !strcmp(name, WAY))
				way_start = address;
			if (!round && n_interrupts < INTERRUPTS &&
			    !strncmp(name, INTERRUPT, strlen(INTERRUPT)))
				interrupts[n_interrupts++] = address;
			/* The end is where another symbol is. */
			if (round && address > way_start &&
			    (!way_end || address < way_end))
				way_end = address;
		}
	}
	if (file)
		fclose(file);
	if (!way_start || !n_interrupts)
		qemu_plugin_outs("sharing: the symbols are not there\n");
	return way_start && n_interrupts;
}

static void on_open(unsigned int cpu, void *data)
{
	unsigned int i;

	memset(lines, 0, LINES * sizeof(*lines));
	for (i = 0; i < CPUS; i++)
		memset(uses[i], 0, USES * sizeof(*uses[i]));
	atomic_store(&lost, 0);

	/*
	 * Until then the guest need not be slow. There is no way back: QEMU 7.2
	 * may still use a callback that is not there any more.
	 */
	if (atomic_load(&watching)) {
		atomic_store(&open_now, true);
	} else if (read_symbols()) {
		atomic_store(&watching, true);
		qemu_plugin_reset(plugin_id, on_reset);
	}
}

static void on_close(unsigned int cpu, void *data)
{
	char path[sizeof(prefix) + 16];
	FILE *file;

	/* What the other processor is just counting is one access. */
	atomic_store(&open_now, false);
	snprintf(path, sizeof(path), "%s.%u", prefix, windows++);
	file = fopen(path, "w");
	if (!file) {
		qemu_plugin_outs("sharing: cannot write the result\n");
		return;
	}
	write_window(file);
	fclose(file);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (!(qemu_plugin_insn_vaddr(insn) & KERNEL))
			look_for_marker(insn, on_open, on_close);
		else if (atomic_load(&watching))
			watch(insn);
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
			       const struct qemu_info *info, int argc,
			       char **argv)
{
	unsigned int i;

	if (argc != 2 || sscanf(argv[0], "out=%4095s", prefix) != 1 ||
	    sscanf(argv[1], "symbols=%4095s", symbols) != 1) {
		fprintf(stderr, "sharing: out=PREFIX,symbols=FILE, please\n");
		return -1;
	}

	lines = calloc(LINES, sizeof(*lines));
	for (i = 0; i < CPUS; i++)
		uses[i] = calloc(USES, sizeof(*uses[i]));
	if (!lines || !uses[0] || !uses[1])
		return -1;
	plugin_id = id;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
