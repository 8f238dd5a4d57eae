/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.c - reads the files that are named and runs libyaml's event parser over each, and nothing more: what
 * reading them costs at the least, for files.py to compare with. Prints the number of events.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum { MOST = 1 << 20 };

static long events_of(const unsigned char *text, size_t n)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool done = false;
	long count = 0;

	if (!yaml_parser_initialize(&parser))
		exit(2);
	yaml_parser_set_input_string(&parser, text, n);
	while (!done && yaml_parser_parse(&parser, &event)) {
		count++;
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return count;
}

int main(int argc, char **argv)
{
	static unsigned char text[MOST];
	long count = 0;

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");

		if (file == NULL)
			return 2;
		count += events_of(text, fread(text, 1, MOST, file));
		fclose(file);
	}
	printf("%ld\n", count);
	return 0;
}
