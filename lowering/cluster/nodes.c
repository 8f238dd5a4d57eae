/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodes.c - what all kinds of nodes have: an image, a root volume, metadata options, CPU options.
 *
 * The device name of the root volume must be the one of the image, or EC2 adds a second volume instead of
 * giving the first the wanted size. The name is a fact of the operating system; an own image (CustomAmi)
 * is expected to be made from an image of the same system and to have kept it.
 */
#include "lowering/cluster/cluster.h"

const struct instance_type *type_of(const struct lowering *l, struct str name)
{
	return facts_instance(l->facts, name);
}

struct str compute_type_name(const struct slurm_compute_resource *r)
{
	if (r->instance_type.n > 0)
		return r->instance_type;
	return r->instances.n > 0 ? r->instances.items[0].instance_type : STR("");
}

/*
 * Does the name of a type speak of Graviton? "c7gn.large": family letters, generation, then attributes, of
 * which the first is g. Source: EC2 user guide, "Instance type naming conventions". a1 came before it.
 */
static bool graviton_name(struct str name)
{
	size_t i = 0;

	if (str_starts(name, STR("a1.")))
		return true;
	while (i < name.n && name.s[i] >= 'a' && name.s[i] <= 'z')
		i++;
	while (i < name.n && name.s[i] >= '0' && name.s[i] <= '9')
		i++;
	return i > 0 && i < name.n && name.s[i] == 'g';
}

/* The architecture of a type; of an unknown one it is read off the name (Graviton families have a g). */
static enum arch arch_of(const struct lowering *l, struct str type_name)
{
	const struct instance_type *type = type_of(l, type_name);

	if (type != NULL)
		return (type->arch & ARCH_ARM64) != 0 ? ARCH_ARM64 : ARCH_X86_64;
	return graviton_name(type_name) ? ARCH_ARM64 : ARCH_X86_64;
}

/* Image.Os as text. */
static struct str os_name(const struct lowering *l)
{
	return enum_text(PROP_Image_Os, (int)l->c->image.os);
}

/* ---- images ---- */

static const struct os_image *image_of(const struct lowering *l, struct str type_name)
{
	const struct os_image *image = facts_image(l->facts, os_name(l), arch_of(l, type_name));

	if (image == NULL)
		BUG("no image facts for " STR_F, STR_A(os_name(l)));
	return image;
}

/* Is there an image with NVIDIA's driver for the type, and does the type want it? */
static bool gpu_image(const struct lowering *l, struct str type_name)
{
	const struct instance_type *type = type_of(l, type_name);

	return type != NULL && type->gpu.count > 0 && str_eq(type->gpu.maker, STR("NVIDIA")) &&
	       image_of(l, type_name)->gpu_ssm_parameter.n > 0;
}

struct str image_parameter_path(const struct lowering *l, struct str type_name)
{
	const struct os_image *image = image_of(l, type_name);

	return gpu_image(l, type_name) ? image->gpu_ssm_parameter : image->ssm_parameter;
}

/* The value of a parameter with the newest image of the system, made at the first call for it. */
static struct ir_value *image_parameter(struct lowering *l, struct str path, struct str type_name)
{
	const char *cpu = arch_of(l, type_name) == ARCH_ARM64 ? "Arm64" : "X86";
	bool gpu = gpu_image(l, type_name);
	struct str os = os_name(l);
	struct str id = arena_fmt(l->a, "Image%c" STR_F "%s%s", os.s[0] - 'a' + 'A',
				  STR_A(str_slice(os, 1, os.n)), cpu, gpu ? "Gpu" : "");
	struct ir_parameter *p;

	if (map_get(&l->g->parameters, id) != NULL)
		return ir_ref(l->g, id);
	p = ir_add_parameter(l->g, id, "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
			     arena_fmt(l->a, "Image of " STR_F " nodes (%s%s)", STR_A(os), cpu,
				       gpu ? ", GPU" : ""),
			     origin_of(&l->c->image.section, &l->c->image.at.os));
	p->default_value = ir_text(l->g, path);
	return ir_ref(l->g, id);
}

struct ir_value *node_image(struct lowering *l, const struct node_image *own, struct str type_name)
{
	struct str path;

	if (own->custom_ami.n > 0)
		return ir_text(l->g, own->custom_ami);
	if (l->c->image.custom_ami.n > 0)
		return ir_text(l->g, l->c->image.custom_ami);
	path = image_parameter_path(l, type_name);
	if (path.n > 0)
		return image_parameter(l, path, type_name);
	return lookup_image(l, image_of(l, type_name));
}

/* ---- volumes ---- */

static struct ir_value *root_mapping(struct lowering *l, const struct root_volume *v,
				     struct str type_name)
{
	const struct os_image *image = facts_image(l->facts, os_name(l), arch_of(l, type_name));
	struct ir_value *ebs = ir_object(l->g);
	struct ir_value *mapping = ir_object(l->g);

	ir_put_bool(l->g, ebs, "DeleteOnTermination", !v->keep);
	ir_put_bool(l->g, ebs, "Encrypted", v->encrypted);
	if (v->type.n > 0)
		ir_put_text(l->g, ebs, "VolumeType", v->type);
	if (v->size > 0)
		ir_put_int(l->g, ebs, "VolumeSize", v->size);
	if (v->iops > 0)
		ir_put_int(l->g, ebs, "Iops", v->iops);
	if (v->throughput > 0)
		ir_put_int(l->g, ebs, "Throughput", v->throughput);
	ir_put_text(l->g, mapping, "DeviceName",
		    image != NULL ? image->root_device : STR("/dev/sda1"));
	return ir_put(l->g, mapping, "Ebs", ebs);
}

/*
 * Instance store disks that are not NVMe are there only when the launch asks for them (EC2 user guide,
 * "Add instance store volumes"); NVMe ones always are. /dev/xvdb[a-x] is free of EBS attachments.
 */
static void ephemeral_mappings(struct lowering *l, const struct instance_type *type,
			       struct ir_value *list)
{
	for (unsigned i = 0; i < type->disks && i < 24; i++) {
		struct ir_value *m = ir_object(l->g);

		ir_put(l->g, m, "DeviceName", ir_textf(l->g, "/dev/xvdb%c", 'a' + (int)i));
		ir_put(l->g, m, "VirtualName", ir_textf(l->g, "ephemeral%u", i));
		ir_push(l->g, list, m);
	}
}

struct ir_value *block_devices(struct lowering *l, const struct root_volume *v,
			       struct str type_name, const struct instance_type *type)
{
	struct ir_value *list = ir_list(l->g);

	ir_push(l->g, list, root_mapping(l, v, type_name));
	if (type != NULL && type->disks > 0 && !type->disk_nvme)
		ephemeral_mappings(l, type, list);
	return list;
}

/* ---- options ---- */

struct ir_value *metadata_options(struct lowering *l)
{
	struct ir_value *options = ir_object(l->g);
	bool old = l->c->imds.imds_support == IMDS_IMDS_SUPPORT_V1_0;

	ir_put_text(l->g, options, "HttpTokens", old ? STR("optional") : STR("required"));
	return ir_put_text(l->g, options, "HttpEndpoint", STR("enabled"));
}

struct ir_value *cpu_options(struct lowering *l, struct str type_name)
{
	const struct instance_type *type = type_of(l, type_name);
	struct ir_value *options;

	if (type == NULL || !type->smt_can_be_off || type->cores == 0)
		return NULL;
	options = ir_object(l->g);
	ir_put_int(l->g, options, "CoreCount", type->cores);
	return ir_put_int(l->g, options, "ThreadsPerCore", 1);
}
