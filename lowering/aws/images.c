/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images.c - what all kinds of instances have: an image, a root volume, metadata options, CPU options.
 *
 * The device name of the root volume must be the one of the image, or EC2 adds a second volume instead of
 * giving the first the wanted size. The name is a fact of the operating system; an own image (CustomAmi)
 * is expected to be made from an image of the same system and to have kept it.
 */
#include "lowering/aws/images.h"

#include "lowering/aws/lookup.h"

/* ---- images ---- */

static const struct os_image *image_of(const struct stack *st, struct str os, struct str type_name)
{
	const struct os_image *image = facts_image(st->facts, os, facts_arch(st->facts, type_name));

	if (image == NULL)
		BUG("no image facts for " STR_F, STR_A(os));
	return image;
}

/* Is there an image with NVIDIA's driver for the type, and does the type want it? */
static bool gpu_image(const struct stack *st, struct str os, struct str type_name)
{
	const struct instance_type *type = type_of(st, type_name);

	return type != NULL && type->gpu.count > 0 && str_eq(type->gpu.maker, STR("NVIDIA")) &&
	       image_of(st, os, type_name)->gpu_ssm_parameter.n > 0;
}

struct str image_parameter_path(const struct stack *st, struct str os, struct str type_name)
{
	const struct os_image *image = image_of(st, os, type_name);

	return gpu_image(st, os, type_name) ? image->gpu_ssm_parameter : image->ssm_parameter;
}

/* The value of a parameter with the newest image of the system, made at the first call for it. */
static struct ir_value *image_parameter(struct stack *st, const struct node_system *system,
					struct str path, struct str type_name)
{
	const char *cpu = facts_arch(st->facts, type_name) == ARCH_ARM64 ? "Arm64" : "X86";
	struct str os = system->os;
	bool gpu = gpu_image(st, os, type_name);
	struct str id = arena_fmt(st->a, "Image%c" STR_F "%s%s", os.s[0] - 'a' + 'A',
				  STR_A(str_slice(os, 1, os.n)), cpu, gpu ? "Gpu" : "");
	struct ir_parameter *p;

	if (map_get(&st->g->parameters, id) != NULL)
		return ir_ref(st->g, id);
	p = ir_add_parameter(st->g, id, "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
			     arena_fmt(st->a, "Image of " STR_F " nodes (%s%s)", STR_A(os), cpu,
				       gpu ? ", GPU" : ""),
			     system->origin);
	p->default_value = ir_text(st->g, path);
	return ir_ref(st->g, id);
}

struct ir_value *node_image(struct stack *st, const struct node_system *system, struct str own_ami,
			    struct str type_name)
{
	struct str path;

	if (own_ami.n > 0)
		return ir_text(st->g, own_ami);
	if (system->custom_ami.n > 0)
		return ir_text(st->g, system->custom_ami);
	path = image_parameter_path(st, system->os, type_name);
	if (path.n > 0)
		return image_parameter(st, system, path, type_name);
	return lookup_image(st, image_of(st, system->os, type_name), system->origin);
}

/* ---- volumes ---- */

static struct ir_value *root_mapping(struct stack *st, struct str os, const struct root_volume *v,
				     struct str type_name)
{
	const struct os_image *image = facts_image(st->facts, os, facts_arch(st->facts, type_name));
	struct ir_value *ebs = ir_object(st->g);
	struct ir_value *mapping = ir_object(st->g);

	ir_put_bool(st->g, ebs, "DeleteOnTermination", !v->keep);
	ir_put_bool(st->g, ebs, "Encrypted", v->encrypted);
	if (v->type.n > 0)
		ir_put_text(st->g, ebs, "VolumeType", v->type);
	if (v->size > 0)
		ir_put_int(st->g, ebs, "VolumeSize", v->size);
	if (v->iops > 0)
		ir_put_int(st->g, ebs, "Iops", v->iops);
	if (v->throughput > 0)
		ir_put_int(st->g, ebs, "Throughput", v->throughput);
	ir_put_text(st->g, mapping, "DeviceName",
		    image != NULL ? image->root_device : STR("/dev/sda1"));
	return ir_put(st->g, mapping, "Ebs", ebs);
}

/*
 * Instance store disks that are not NVMe are there only when the launch asks for them (EC2 user guide,
 * "Add instance store volumes"); NVMe ones always are. /dev/xvdb[a-x] is free of EBS attachments.
 */
static void ephemeral_mappings(struct stack *st, const struct instance_type *type,
			       struct ir_value *list)
{
	for (unsigned i = 0; i < type->disks && i < 24; i++) {
		struct ir_value *m = ir_object(st->g);

		ir_put(st->g, m, "DeviceName", ir_textf(st->g, "/dev/xvdb%c", 'a' + (int)i));
		ir_put(st->g, m, "VirtualName", ir_textf(st->g, "ephemeral%u", i));
		ir_push(st->g, list, m);
	}
}

struct ir_value *block_devices(struct stack *st, struct str os, const struct root_volume *v,
			       struct str type_name, const struct instance_type *type)
{
	struct ir_value *list = ir_list(st->g);

	ir_push(st->g, list, root_mapping(st, os, v, type_name));
	if (type != NULL && type->disks > 0 && !type->disk_nvme)
		ephemeral_mappings(st, type, list);
	return list;
}

/* ---- options ---- */

struct ir_value *metadata_options(struct stack *st, bool v1)
{
	struct ir_value *options = ir_object(st->g);

	ir_put_text(st->g, options, "HttpTokens", v1 ? STR("optional") : STR("required"));
	return ir_put_text(st->g, options, "HttpEndpoint", STR("enabled"));
}

struct ir_value *cpu_options(struct stack *st, struct str type_name)
{
	const struct instance_type *type = type_of(st, type_name);
	struct ir_value *options;

	if (type == NULL || !type->smt_can_be_off || type->cores == 0)
		return NULL;
	options = ir_object(st->g);
	ir_put_int(st->g, options, "CoreCount", type->cores);
	return ir_put_int(st->g, options, "ThreadsPerCore", 1);
}
