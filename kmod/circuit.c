// SPDX-License-Identifier: GPL-2.0
#include "circuit.h"
#include "refuse.h"
#include "sid.h"

/*
 * All slots are written under the netns mutex, which the ports' table does not
 * know: the caller holds it.
 */
static struct srp_sid *slot(const struct srp_port *port, unsigned int inner)
{
	return rcu_dereference_protected(port->circuit[inner], true);
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
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++) {
		struct srp_sid *holder = slot(port, i);

		if (!(inner & BIT(i)) || !holder || holder == own)
			continue;
		srp_refuse(extack, attr, "%s's %s returns go to SID %pI6c",
			   port->name, i == SRP_INNER_IP4 ? "ip4" : "ip6",
			   &holder->params.addr);
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
		if (sid->params.inner & BIT(i))
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
