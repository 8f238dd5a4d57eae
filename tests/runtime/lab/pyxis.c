/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pyxis.c - stands in for Pyxis: a plugin of Slurm's that knows --container-image and tells the job of it.
 *
 * The declarations are what spank(7) says of Slurm's plugins; SLURM is the version that Slurm compares.
 */
#include <stddef.h>

struct spank_option {
	char *name, *arginfo, *usage;
	int has_arg, val;
	int (*cb)(int val, const char *optarg, int remote);
};

extern int spank_option_register(void *spank, struct spank_option *option);
extern int spank_setenv(void *spank, const char *name, const char *value, int overwrite);

const char plugin_name[] = "pyxis";
const char plugin_type[] = "spank";
const unsigned int plugin_version = SLURM;
const unsigned int spank_plugin_version = 1;

static const char *image;

static int take(int val, const char *optarg, int remote)
{
	(void)val;
	(void)remote;
	image = optarg;
	return 0;
}

int slurm_spank_init(void *spank, int ac, char **av)
{
	static struct spank_option option = {"container-image", "IMAGE", "an image", 1, 0, take};

	(void)ac;
	(void)av;
	return spank_option_register(spank, &option);
}

int slurm_spank_task_init(void *spank, int ac, char **av)
{
	(void)ac;
	(void)av;
	return image != NULL ? spank_setenv(spank, "LAB_IMAGE", image, 1) : 0;
}
