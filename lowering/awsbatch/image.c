/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.c - the image in which jobs run, made while the stack is.
 *
 * A project of CodeBuild makes it of the files of templates/jobimage, which stand in its buildspec, so that no bucket
 * is needed; the function of the stack starts it and waits. Its tag is a hash of these files: another image is another
 * tag, which jobs take from the next revision of their definitions on. The repository goes with the stack, for the same
 * image can be made again.
 */
#include "compiler/base/json_text.h"
#include "lowering/aws/function.h"
#include "lowering/aws/templates.h"
#include "lowering/awsbatch/awsbatch.h"
#include "lowering/batch/batch.h"
#include "lowering/ir/equal.h"

enum {
	KEPT_IMAGES = 5,
	BUILD_MINUTES = 14 /* a function waits for 15 at most */
};

/* ---- what is built ---- */

static void command(struct json_text *t, struct str line)
{
	json_text_string(t, line);
}

/* A command that writes a file of templates/jobimage. */
static struct str file_of(struct arena *a, const char *name)
{
	struct str text = template_text(arena_fmt(a, "jobimage/%s", name));

	return arena_fmt(a, "cat >%s <<'HPCC_END'\n" STR_F "HPCC_END", name, STR_A(text));
}

/* JSON, which is YAML. Source: CodeBuild user guide, Build specification reference. */
static struct str buildspec(struct arena *a)
{
	struct json_text t = json_text_new(a, 8192, JSON_TEXT_MINIFIED, 0);

	json_text_open(&t, false);
	json_text_key(&t, STR("version"));
	json_text_word(&t, STR("0.2"));
	json_text_key(&t, STR("phases"));
	json_text_open(&t, false);
	json_text_key(&t, STR("build"));
	json_text_open(&t, false);
	json_text_key(&t, STR("commands"));
	json_text_open(&t, true);
	command(&t, file_of(a, "Dockerfile"));
	command(&t, file_of(a, "entrypoint.sh"));
	command(&t, STR("chmod 755 entrypoint.sh"));
	command(&t, STR("aws ecr get-login-password | docker login --username AWS --password-stdin "
			"\"${REPOSITORY%%/*}\""));
	command(&t, STR("docker build --build-arg \"BASE=$BASE\" -t \"$REPOSITORY:$TAG\" ."));
	command(&t, STR("docker push \"$REPOSITORY:$TAG\""));
	json_text_close(&t, true, false);
	json_text_close(&t, false, false);
	json_text_close(&t, false, false);
	json_text_close(&t, false, false);
	return json_text_end(&t);
}

/* The system of the cluster. Source: gallery.ecr.aws/amazonlinux/amazonlinux, its tags. */
static struct str base_of(const struct lowering *l)
{
	return l->c->image.os == IMAGE_OS_ALINUX2
		       ? STR("public.ecr.aws/amazonlinux/amazonlinux:2")
		       : STR("public.ecr.aws/amazonlinux/amazonlinux:2023");
}

/* "alinux2023-<12 hexadecimal digits>" */
static struct str tag_of(struct lowering *l, struct str spec)
{
	uint64_t h = ir_hash(IR_HASH_SEED, ir_text(l->st.g, spec));

	return arena_fmt(l->st.a, STR_F "-%012llx",
			 STR_A(enum_text(PROP_Image_Os, (int)l->c->image.os)),
			 (unsigned long long)(h & 0xffffffffffffu));
}

/* ---- the repository ---- */

static struct str repository_add(struct lowering *l)
{
	struct batch *b = NEW(l->st.a, struct batch);
	struct repository *m = NEW(l->st.a, struct repository);
	struct batch_stack s = {.st = l->st, .b = b};

	m->name = STR("jobs");
	m->section.span = awsbatch_queue(l)->section.span;
	m->section.path = awsbatch_queue(l)->section.path;
	m->image_tag_mutability = REPOSITORY_IMAGE_TAG_MUTABILITY_MUTABLE;
	m->scan_on_push = true;
	m->keep_images = KEPT_IMAGES;
	m->deletion_policy = REPOSITORY_DELETION_POLICY_DELETE;
	b->repositories.items = m;
	b->repositories.n = 1;
	pass_batch_repositories(&s);
	return s.repositories[0];
}

/* ---- the project ---- */

/*
 * What a build may do: write its log, and push into the repository, where Docker looks first for what is there.
 * Source: Amazon ECR user guide, IAM permissions for pushing an image.
 */
static struct ir_value *build_role(struct lowering *l, struct str log_group,
				   struct ir_origin origin)
{
	struct ir_value *statements = ir_list(l->st.g);
	struct ir_resource *r;

	function_allow_log(&l->st, statements, log_group);
	allow(&l->st, statements, "LogIn", "ecr:GetAuthorizationToken",
	      any_resource(&l->st)); /* it takes no resource */
	allow(&l->st, statements, "Push",
	      "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:CompleteLayerUpload "
	      "ecr:InitiateLayerUpload ecr:PutImage ecr:UploadLayerPart",
	      ir_getatt(l->st.g, l->awsbatch.repository, STR("Arn")));
	r = role_add(&l->st, STR("ImageRole"), "codebuild", statements, ir_list(l->st.g), origin);
	role_own_account(&l->st, r);
	return ir_getatt(l->st.g, r->id, STR("Arn"));
}

/* A machine with Docker, of the architecture of the nodes. Source: CodeBuild user guide, Docker images. */
static struct ir_value *machine(struct lowering *l, struct str tag)
{
	bool arm = facts_arch(l->st.facts, l->c->head_node.instance_type) == ARCH_ARM64;
	struct ir_value *e = ir_object(l->st.g), *variables = ir_list(l->st.g);

	ir_put_text(l->st.g, e, "Type", arm ? STR("ARM_CONTAINER") : STR("LINUX_CONTAINER"));
	ir_put_text(l->st.g, e, "ComputeType", STR("BUILD_GENERAL1_SMALL"));
	ir_put_text(l->st.g, e, "Image",
		    arm ? STR("aws/codebuild/amazonlinux-aarch64-standard:3.0")
			: STR("aws/codebuild/amazonlinux-x86_64-standard:5.0"));
	ir_put_bool(l->st.g, e, "PrivilegedMode", true); /* Docker in it needs that */
	awsbatch_variable(l, variables, "BASE", ir_text(l->st.g, base_of(l)));
	awsbatch_variable(l, variables, "REPOSITORY",
			  ir_getatt(l->st.g, l->awsbatch.repository, STR("RepositoryUri")));
	awsbatch_variable(l, variables, "TAG", ir_text(l->st.g, tag));
	return ir_put(l->st.g, e, "EnvironmentVariables", variables);
}

static struct ir_value *logs_of(struct lowering *l, struct str log_group)
{
	struct ir_value *logs = ir_object(l->st.g), *to = ir_object(l->st.g);

	ir_put_text(l->st.g, to, "Status", STR("ENABLED"));
	ir_put(l->st.g, to, "GroupName", ir_ref(l->st.g, log_group));
	return ir_put(l->st.g, logs, "CloudWatchLogs", to);
}

static struct ir_value *object_of(struct lowering *l, const char *name, struct str value)
{
	return ir_put_text(l->st.g, ir_object(l->st.g), name, value);
}

static struct str project_add(struct lowering *l, struct str spec, struct str tag,
			      struct ir_origin origin)
{
	struct ir_value *source = object_of(l, "Type", STR("NO_SOURCE"));
	struct str log_group = function_log_add(&l->st, STR("ImageLogGroup"), origin);
	struct ir_value *role = build_role(l, log_group, origin);
	struct ir_resource *r =
		ir_add(l->st.g, STR("ImageProject"), "AWS::CodeBuild::Project", origin);
	struct ir_value *p = r->properties;

	ir_put(l->st.g, p, "Description",
	       ir_sub(l->st.g, STR("Image of jobs of cluster ${AWS::StackName}")));
	ir_put(l->st.g, p, "ServiceRole", role);
	ir_put(l->st.g, p, "Artifacts", object_of(l, "Type", STR("NO_ARTIFACTS")));
	ir_put(l->st.g, p, "Source", ir_put_text(l->st.g, source, "BuildSpec", spec));
	ir_put(l->st.g, p, "Environment", machine(l, tag));
	ir_put(l->st.g, p, "LogsConfig", logs_of(l, log_group));
	ir_put_int(l->st.g, p, "TimeoutInMinutes", BUILD_MINUTES);
	tags_put(&l->st, p, "Tags", NULL);
	return r->id;
}

/* Starts the build, when the stack is made and when there is another tag, and waits for its end; its logical id. */
static struct str build(struct lowering *l, struct str tag, struct ir_origin origin)
{
	struct ir_resource *r = ir_add(l->st.g, STR("Image"), "Custom::HpccImage", origin);

	allow(&l->st, lookup_statements(&l->st, origin), "Build",
	      "codebuild:StartBuild codebuild:BatchGetBuilds",
	      ir_getatt(l->st.g, l->awsbatch.project, STR("Arn")));
	ir_put(l->st.g, r->properties, "ServiceToken", lookup_service(&l->st, origin));
	ir_put(l->st.g, r->properties, "Project", ir_ref(l->st.g, l->awsbatch.project));
	ir_put_text(l->st.g, r->properties, "Tag", tag);
	return r->id;
}

void pass_awsbatch_image(struct lowering *l)
{
	struct ir_origin origin = origin_of_section(&awsbatch_queue(l)->section);
	struct str spec = buildspec(l->st.a), tag = tag_of(l, spec);

	l->awsbatch.repository = repository_add(l);
	l->awsbatch.project = project_add(l, spec, tag, origin);
	l->awsbatch.built = build(l, tag, origin);
	l->awsbatch.image = ir_subf(l->st.g, "${" STR_F ".RepositoryUri}:" STR_F,
				    STR_A(l->awsbatch.repository), STR_A(tag));
}
