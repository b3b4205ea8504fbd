/* yaml_file: YAML into a flat document, over libyaml's events. Scalars stay text; what would make a file mean
 * more than it shows (anchors, aliases, tags, several documents) is refused. */
#include "base/buffer.h"
#include "config/document.h"

#include <yaml.h>

enum { YAML_PATH_MOST = 1000 };

struct yaml_file {
    yaml_parser_t parser;
    struct config_document *document; /* lent */
    struct config_mistakes *mistakes; /* lent */
    struct buffer path;
    unsigned depth;
};

static int yaml_value(struct yaml_file *file, yaml_event_t *event, struct config_place key);

static struct config_place yaml_place(const struct yaml_file *file, yaml_mark_t mark)
{
    return config_document_place(file->document, (unsigned)mark.line + 1, (unsigned)mark.column + 1);
}

static int yaml_refuse(struct yaml_file *file, yaml_mark_t mark, const char *words)
{
    config_mistake(file->mistakes, CONFIG_ERROR, yaml_place(file, mark), NULL, "%s", words);
    return -1;
}

/* libyaml's problem, with the context it was met in. A tab is by far the commonest one. */
static int yaml_refuse_syntax(struct yaml_file *file)
{
    const yaml_parser_t *parser = &file->parser;
    struct config_place place = yaml_place(file, parser->problem_mark);
    const char *problem = parser->problem == NULL ? "not readable" : parser->problem;
    if (parser->error == YAML_READER_ERROR)
        config_mistake(file->mistakes, CONFIG_ERROR, config_document_place(file->document, 0, 0), NULL,
                       "not YAML: %s at byte %zu; UTF-8 text was expected", problem, parser->problem_offset);
    else if (strstr(problem, "cannot start any token") != NULL)
        config_mistake(
            file->mistakes, CONFIG_ERROR, place, NULL,
            "not YAML: no value can begin with this character; indent with blanks, not tabs, and quote "
            "values that begin with one of %% @ `");
    else
        config_mistake(file->mistakes, CONFIG_ERROR, place, NULL, "not YAML: %s%s%s; see line %zu", problem,
                       parser->context == NULL ? "" : " ", parser->context == NULL ? "" : parser->context,
                       parser->context == NULL ? parser->problem_mark.line + 1
                                               : parser->context_mark.line + 1);
    return -1;
}

static int yaml_next(struct yaml_file *file, yaml_event_t *event)
{
    return yaml_parser_parse(&file->parser, event) ? 0 : yaml_refuse_syntax(file);
}

static int yaml_add(struct yaml_file *file, enum config_kind kind, struct slice text, struct config_place key,
                    yaml_mark_t mark)
{
    struct config_entry entry = {.kind = kind, .key = key, .value = yaml_place(file, mark)};
    if (file->path.len == 0)
        return 0; /* the file as a whole has no name */
    return config_document_add(file->document, buffer_slice(&file->path), text, &entry, file->mistakes);
}

static bool yaml_is_null(const yaml_event_t *event, struct slice text)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text.len == 0 || slice_equal(text, SLICE("~")) || slice_equal(text, SLICE("null")));
}

static int yaml_scalar(struct yaml_file *file, const yaml_event_t *event, struct config_place key)
{
    struct slice text = slice_of(event->data.scalar.value, event->data.scalar.length);
    if (event->data.scalar.anchor != NULL)
        return yaml_refuse(file, event->start_mark, "an anchor (&name); write the value out in each place");
    if (event->data.scalar.tag != NULL)
        return yaml_refuse(file, event->start_mark, "a tag (!name); quote the value if it begins with !");
    bool is_null = yaml_is_null(event, text);
    return yaml_add(file, is_null ? CONFIG_EMPTY : CONFIG_TEXT, is_null ? SLICE("") : text, key,
                    event->start_mark);
}

/* Adds ".name" (or "name" at the top) to the path; answers the length before, or -1. */
static int yaml_enter(struct yaml_file *file, const yaml_event_t *event)
{
    int before = (int)file->path.len;
    struct slice name = slice_of(event->data.scalar.value, event->data.scalar.length);
    if (event->type != YAML_SCALAR_EVENT || name.len == 0)
        return yaml_refuse(file, event->start_mark, "a name was expected here");
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return yaml_refuse(file, event->start_mark, "an anchor or a tag; write a plain name");
    if ((before > 0 && buffer_add(&file->path, ".", 1) != 0) || buffer_add_slice(&file->path, name) != 0)
        return yaml_refuse(file, event->start_mark, "a name that is too long");
    return before;
}

static int yaml_member(struct yaml_file *file, const yaml_event_t *name)
{
    yaml_event_t value;
    struct config_place key = yaml_place(file, name->start_mark);
    int before = yaml_enter(file, name);
    if (before < 0 || yaml_next(file, &value) != 0)
        return -1;
    int result = yaml_value(file, &value, key);
    yaml_event_delete(&value);
    file->path.len = (size_t)before;
    return result;
}

static int yaml_section(struct yaml_file *file)
{
    for (;;) {
        yaml_event_t event;
        if (yaml_next(file, &event) != 0)
            return -1;
        bool end = event.type == YAML_MAPPING_END_EVENT;
        int result = end ? 0 : yaml_member(file, &event);
        yaml_event_delete(&event);
        if (end || result != 0)
            return result;
    }
}

static int yaml_element(struct yaml_file *file, yaml_event_t *event, size_t index)
{
    size_t before = file->path.len;
    if (buffer_print(&file->path, "[%zu]", index) != 0)
        return yaml_refuse(file, event->start_mark, "a name that is too long");
    int result = yaml_value(file, event, yaml_place(file, event->start_mark));
    file->path.len = before;
    return result;
}

static int yaml_list(struct yaml_file *file)
{
    for (size_t i = 0;; i++) {
        yaml_event_t event;
        if (yaml_next(file, &event) != 0)
            return -1;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        int result = end ? 0 : yaml_element(file, &event, i);
        yaml_event_delete(&event);
        if (end || result != 0)
            return result;
    }
}

static int yaml_nested(struct yaml_file *file, const yaml_event_t *event, struct config_place key)
{
    bool section = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *anchor =
        section ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag = section ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (anchor != NULL || tag != NULL)
        return yaml_refuse(file, event->start_mark,
                           "an anchor or a tag; write the section out in each place");
    if (file->depth == CONFIG_DEEPEST)
        return yaml_refuse(file, event->start_mark, "nested too deep");
    if (yaml_add(file, section ? CONFIG_SECTION : CONFIG_LIST, SLICE(""), key, event->start_mark) != 0)
        return -1;
    file->depth++;
    int result = section ? yaml_section(file) : yaml_list(file);
    file->depth--;
    return result;
}

static int yaml_value(struct yaml_file *file, yaml_event_t *event, struct config_place key)
{
    if (event->type == YAML_SCALAR_EVENT)
        return yaml_scalar(file, event, key);
    if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT)
        return yaml_nested(file, event, key);
    return yaml_refuse(file, event->start_mark, "an alias (*name); write the value out in each place");
}

/* The one value of the file, which must be a section; an empty file is an empty section. */
static int yaml_root(struct yaml_file *file)
{
    yaml_event_t event;
    if (yaml_next(file, &event) != 0)
        return -1;
    bool empty = event.type == YAML_SCALAR_EVENT && event.data.scalar.length == 0;
    int result = 0;
    if (event.type != YAML_MAPPING_START_EVENT && !empty)
        result = yaml_refuse(file, event.start_mark, "settings were expected, as \"name: value\" lines");
    else if (!empty)
        result = yaml_value(file, &event, yaml_place(file, event.start_mark));
    yaml_event_delete(&event);
    return result;
}

static int yaml_documents(struct yaml_file *file)
{
    unsigned count = 0;
    for (;;) {
        yaml_event_t event;
        if (yaml_next(file, &event) != 0)
            return -1;
        bool end = event.type == YAML_STREAM_END_EVENT;
        int result = 0;
        if (event.type == YAML_DOCUMENT_START_EVENT)
            result = count++ == 0 ? yaml_root(file)
                                  : yaml_refuse(file, event.start_mark, "a second document; one is allowed");
        yaml_event_delete(&event);
        if (end || result != 0)
            return result;
    }
}

int config_yaml_read(struct config_document *document, struct slice text, struct config_mistakes *mistakes)
{
    struct yaml_file file = {.document = document, .mistakes = mistakes};
    if (!yaml_parser_initialize(&file.parser))
        abort();
    yaml_parser_set_encoding(&file.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&file.parser, (const unsigned char *)(text.len == 0 ? "" : text.at),
                                 text.len);
    buffer_init(&file.path, YAML_PATH_MOST);
    int result = yaml_documents(&file);
    buffer_fini(&file.path);
    yaml_parser_delete(&file.parser);
    return result;
}
