/* SPDX-License-Identifier: GPL-2.0 */
/* For plugins: be told when the guest opens and closes the window (window.h). */
#ifndef MARKER_H
#define MARKER_H

#include <string.h>

#include "plugin-api.h"
#include "window.h"

static void look_for_marker(struct qemu_plugin_insn *insn,
			    qemu_plugin_insn_cb_t on_open,
			    qemu_plugin_insn_cb_t on_close)
{
	static const uint8_t nop[] = { 0x0f, 0x1f, 0x80 };
	const uint8_t *code = qemu_plugin_insn_data(insn);
	qemu_plugin_insn_cb_t cb;
	uint32_t number;

	if (qemu_plugin_insn_size(insn) != sizeof(nop) + sizeof(number) ||
	    memcmp(code, nop, sizeof(nop)))
		return;
	memcpy(&number, code + sizeof(nop), sizeof(number));
	if (number == WINDOW_OPEN)
		cb = on_open;
	else if (number == WINDOW_CLOSE)
		cb = on_close;
	else
		return;
	qemu_plugin_register_vcpu_insn_exec_cb(insn, cb, QEMU_PLUGIN_CB_NO_REGS,
					       NULL);
}

#endif /* MARKER_H */
