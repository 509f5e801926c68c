// SPDX-License-Identifier: GPL-2.0
#include "circuit.h"
#include "refuse.h"
#include "sid.h"

/*
 * All slots are written under the netns mutex, which a port does not know: the
 * caller holds it.
 */
static struct srp_sid *slot(const struct srp_port *port, unsigned int inner)
{
	return rcu_dereference_protected(port->circuit[inner], true);
}

/* As VLAN devices are called. */
static void port_label(char *label, size_t size, const struct srp_port *port)
{
	unsigned int i, at = scnprintf(label, size, "%s", port->trunk->name);

	for (i = 0; i < srp_vlans_count(&port->vlans); i++)
		at += scnprintf(label + at, size - at, ".%u",
				ntohs(port->vlans.tag[i].vid));
}

/**
 * srp_circuit_check() - are the circuits that a SID wants free?
 * @port:	its return interface
 * @inner:	mask of SRPROXY_INNER_*
 * @own:	SID that may hold them already, or NULL
 * @attr:	attribute to point at
 * @extack:	for the refusal, which names the holder
 *
 * Return: 0 or -EEXIST
 */
int srp_circuit_check(struct srp_port *port, u8 inner,
		      const struct srp_sid *own, struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	static const char * const names[SRP_INNER_MAX] = { "ip4", "ip6", "eth" };
	char label[IFNAMSIZ + 2 * sizeof(".4094")];
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++) {
		struct srp_sid *holder = slot(port, i);

		if (!(inner & BIT(i)) || !holder || holder == own)
			continue;
		port_label(label, sizeof(label), port);
		srp_refuse(extack, attr, "SID %pI6c has %s's %s",
			   &holder->params.addr, label, names[i]);
		return -EEXIST;
	}
	return 0;
}

/**
 * srp_circuit_open() - what returns on a port goes to a SID from now on
 * @port:	return interface, its circuits checked
 * @sid:	for each of its inner types
 */
void srp_circuit_open(struct srp_port *port, struct srp_sid *sid)
{
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++)
		if (srp_sid_circuits(&sid->params) & BIT(i))
			rcu_assign_pointer(port->circuit[i], sid);
}

/**
 * srp_circuit_close() - a SID's circuits on a port end, as far as they are its
 * @port:	return interface
 * @sid:	whose
 */
void srp_circuit_close(struct srp_port *port, const struct srp_sid *sid)
{
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++)
		if (slot(port, i) == sid)
			RCU_INIT_POINTER(port->circuit[i], NULL);
}
