/* words: a command line is read as its table says; what is wrong is named; the help has every line of the
 * table and keeps to its width. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "cli/help.h"
#include "cli/words.h"

struct box {
    struct words words;
    bool flag;
    const char *text;
    int64_t number;
    int choice;
    struct word_list names, list, files;
    char read[16];
    struct error error;
    char texts[12][32]; /* argv */
};

static int read_upper(void *into, const char *text, struct error *err)
{
    struct box *box = into;
    if (text[0] < 'A' || text[0] > 'Z')
        return error_set(err, ERROR_CONFIG, "--upper %s: an upper case letter was expected", text);
    snprintf(box->read, sizeof(box->read), "%s", text);
    return 0;
}

#define AT(member) offsetof(struct box, member)

static const struct command_option options[] = {
    {.name = "flag", .help = "is set", .offset = AT(flag)},
    {.name = "text", .kind = COMMAND_TEXT, .value = "TEXT", .help = "any", .offset = AT(text)},
    {.name = "number",
     .kind = COMMAND_NUMBER,
     .value = "N",
     .least = -3,
     .most = 3,
     .preset = "-2",
     .help = "a long sentence about this number, which goes on and on so that it must be wrapped somewhere",
     .offset = AT(number)},
    {.name = "choice",
     .kind = COMMAND_CHOICE,
     .value = "ONE",
     .choices = "red green",
     .help = "a colour",
     .offset = AT(choice)},
    {.name = "names", .kind = COMMAND_NAMES, .value = "A,B", .help = "cut", .offset = AT(names)},
    {.name = "list", .kind = COMMAND_LIST, .value = "KEY...", .help = "several", .offset = AT(list)},
    {0}};

static const struct command_option shared[] = {{.name = "file",
                                                .kind = COMMAND_FILE,
                                                .value = "FILE",
                                                .help = "any",
                                                .repeats = true,
                                                .offset = AT(files)},
                                               {.name = "upper",
                                                .kind = COMMAND_TEXT,
                                                .value = "LETTER",
                                                .preset = "Z",
                                                .help = "a letter",
                                                .secret = true,
                                                .read = read_upper},
                                               {0}};

static const struct command_term examples[] = {{"otspipe try it", "it is tried"}, {0}};

static const struct command command = {.path = "try",
                                       .arguments = "IT [MORE]",
                                       .least = 1,
                                       .most = 2,
                                       .about = "It is tried.\n\n  as it\n    stands",
                                       .options = options,
                                       .shared_title = "Shared",
                                       .shared = shared,
                                       .examples = examples};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct box));
    return 0;
}

static int tear_down(void **state)
{
    struct box *box = *state;
    words_fini(&box->words);
    free(box);
    return 0;
}

static int read_words(struct box *box, const char *const *words)
{
    char *argv[13] = {NULL};
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        snprintf(box->texts[argc], sizeof(box->texts[argc]), "%s", words[argc]);
        argv[argc] = box->texts[argc];
    }
    return words_read(&command, argc, argv, box, &box->words, &box->error);
}

#define READ(box, ...) read_words(box, (const char *const[]){"try", __VA_ARGS__, NULL})

static void assert_list(const struct word_list *list, size_t count, const char *first, const char *last)
{
    assert_int_equal(list->count, count);
    assert_string_equal(list->at[0], first);
    assert_string_equal(list->at[count - 1], last);
}

static void test_every_kind_is_stored_where_the_table_says(void **state)
{
    struct box *box = *state;
    assert_int_equal(READ(box, "--flag", "one", "--text", "--odd", "--number=3", "--choice", "green",
                          "--names=a,b,c", "two", "--upper=Q"),
                     0);
    assert_true(box->flag);
    assert_string_equal(box->text, "--odd");
    assert_int_equal(box->number, 3);
    assert_int_equal(box->choice, 2);
    assert_list(&box->names, 3, "a", "c");
    assert_list(&box->words.arguments, 2, "one", "two");
    assert_string_equal(box->read, "Q");
}

static void test_presets_count_where_nothing_is_given(void **state)
{
    struct box *box = *state;
    assert_int_equal(READ(box, "one"), 0);
    assert_int_equal(box->number, -2);
    assert_string_equal(box->read, "Z");
    assert_int_equal(box->choice, 0);
    assert_null(box->text);
    assert_false(box->flag);
}

static void test_a_list_takes_plain_words_up_to_the_next_option(void **state)
{
    struct box *box = *state;
    assert_int_equal(READ(box, "one", "--list", "a", "-5", "-", "b", "--flag", "two"), 0);
    assert_list(&box->list, 4, "a", "b");
    assert_list(&box->words.arguments, 2, "one", "two");
}

static void test_files_are_repeated_and_two_dashes_end_the_options(void **state)
{
    struct box *box = *state;
    assert_int_equal(READ(box, "--file", "a", "--file=b", "--file", "c", "--", "--flag"), 0);
    assert_list(&box->files, 3, "a", "c");
    assert_list(&box->words.arguments, 1, "--flag", "--flag");
    assert_false(box->flag);
}

static void test_a_secret_is_wiped_even_when_it_is_refused(void **state)
{
    struct box *box = *state;
    assert_int_equal(READ(box, "one", "--upper=Secret"), 0);
    assert_string_equal(box->texts[2], "--upper=******");
    assert_string_equal(box->read, "Secret");
    words_fini(&box->words);
    assert_int_equal(READ(box, "one", "--upper", "secret"), -1);
    assert_string_equal(box->texts[3], "******");
}

static void test_what_is_wrong_is_named(void **state)
{
    struct box *box = *state;
    static const struct {
        const char *words[4];
        const char *told;
    } cases[] = {
        {{"--number", "4", "x"}, "--number 4: a number from -3 to 3 was expected"},
        {{"--number", "3x", "x"}, "--number 3x: a number"},
        {{"--choice", "re", "x"}, "--choice re: one of red green was expected"},
        {{"--choice", "red green", "x"}, "--choice red green: one of"},
        {{"--choice", "", "x"}, "--choice : one of"},
        {{"--names", "a,,b", "x"}, "--names a,,b: a list of names such as a,b was expected"},
        {{"--file", "", "x"}, "--file: the name of a file was expected"},
        {{"--flag=yes", "x"}, "--flag: it takes no value"},
        {{"x", "--text"}, "--text: TEXT is missing behind it"},
        {{"x", "--flg"}, "--flg is no option of 'otspipe try'; is --flag meant? 'otspipe try --help' shows"},
        {{"x", "--up"}, "is --upper meant?"},
        {{"x", "--flag-of-all-flags"},
         "--flag-of-all-flags is no option of 'otspipe try'; 'otspipe try --help'"},
        {{"x", "-flag"}, "-flag is no option"},
        {{"x", "--=a"}, "-- is no option"},
        {{"--flag"}, "usage: otspipe try IT [MORE]"},
        {{"x", "y", "z"}, "z: nothing was expected here; usage: otspipe try IT [MORE]"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const *words = cases[i].words;
        assert_int_equal(READ(box, words[0], words[1], words[2]), -1);
        assert_int_equal(box->error.kind, ERROR_CONFIG);
        if (strstr(box->error.text, cases[i].told) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", box->error.text, cases[i].told);
        words_fini(&box->words);
    }
    assert_int_equal(READ(box, "x"), 0);
}

static void test_help_is_wanted_anywhere_but_behind_two_dashes(void **state)
{
    (void)state;
    char *one[] = {(char[]){"try"}, (char[]){"--text"}, (char[]){"--help"}};
    char *two[] = {(char[]){"try"}, (char[]){"--"}, (char[]){"-h"}};
    assert_true(words_want_help(3, one));
    assert_false(words_want_help(3, two));
}

static const char page[] = "usage: otspipe try IT [MORE] [OPTIONS]\n"
                           "\n"
                           "It is tried.\n"
                           "\n"
                           "  as it\n"
                           "    stands\n"
                           "\n"
                           "Options:\n"
                           "  --flag          is set\n"
                           "  --text TEXT     any\n"
                           "  --number N      a long sentence about this\n"
                           "                  number, which goes on and on\n"
                           "                  so that it must be wrapped\n"
                           "                  somewhere (default: -2)\n"
                           "  --choice ONE    a colour\n"
                           "  --names A,B     cut\n"
                           "  --list KEY...   several\n"
                           "  --help          this text\n"
                           "\n"
                           "Shared:\n"
                           "  --file FILE     any; may be repeated\n"
                           "  --upper LETTER  a letter (default: Z)\n"
                           "\n"
                           "Examples:\n"
                           "  otspipe try it\n"
                           "      it is tried\n";

static void test_the_help_has_every_line_of_the_table_within_its_width(void **state)
{
    (void)state;
    struct buffer text;
    buffer_init(&text, 10000);
    help_put(&command, &text, 46, false);
    assert_int_equal(buffer_add(&text, "", 1), 0);
    assert_string_equal(text.at, page);
    buffer_reset(&text, 0);
    help_put(&command, &text, 46, true);
    assert_int_equal(buffer_add(&text, "", 1), 0);
    assert_non_null(strstr(text.at, "\n\033[1mShared:\033[0m\n"));
    buffer_fini(&text);
}

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOX(test_every_kind_is_stored_where_the_table_says),
        WITH_BOX(test_presets_count_where_nothing_is_given),
        WITH_BOX(test_a_list_takes_plain_words_up_to_the_next_option),
        WITH_BOX(test_files_are_repeated_and_two_dashes_end_the_options),
        WITH_BOX(test_a_secret_is_wiped_even_when_it_is_refused),
        WITH_BOX(test_what_is_wrong_is_named),
        cmocka_unit_test(test_help_is_wanted_anywhere_but_behind_two_dashes),
        cmocka_unit_test(test_the_help_has_every_line_of_the_table_within_its_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
