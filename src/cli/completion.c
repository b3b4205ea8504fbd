/* completion: a script that teaches bash the commands, made from the same words as --help. What it knows is
 * two lists of `case` lines: what stands behind a command, what stands behind an option; the rest of it is
 * the same for all. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/words.h"

enum { COMPLETION_MOST = 1 << 20 };

/* What a word may be: an answer of the two lists: "commands", "choices a b", "files yaml json", "folders". */
static void put_kind(struct buffer *to, enum command_kind kind, const char *choices, const char *endings)
{
    switch (kind) {
    case COMMAND_CHOICE:
        buffer_print(to, "choices %s", choices);
        return;
    case COMMAND_FILE:
        buffer_print(to, "files%s%s", endings == NULL ? "" : " ", endings == NULL ? "" : endings);
        return;
    case COMMAND_FOLDER:
        buffer_print(to, "folders");
        return;
    case COMMAND_COMMAND:
        buffer_print(to, "commands");
        return;
    case COMMAND_FLAG:
    case COMMAND_TEXT:
    case COMMAND_NUMBER:
    case COMMAND_NAMES:
    case COMMAND_LIST:
        break;
    }
    buffer_print(to, "nothing");
}

static void put_options(struct buffer *to, const struct command_option *options)
{
    for (; options != NULL && options->name != NULL; options++)
        buffer_print(to, " --%s", options->name);
}

/* "table scan") children=... options=... argument=... */
static void put_command(struct buffer *to, const struct command *command)
{
    buffer_print(to, "    '%s') children='", command->path);
    for (size_t i = 0; command->children != NULL && command->children[i] != NULL; i++)
        buffer_print(to, "%s%s", i == 0 ? "" : " ", command_name(command->children[i]));
    buffer_print(to, "' options='--help");
    put_options(to, command->options);
    put_options(to, command->shared);
    buffer_print(to, "' argument='");
    put_kind(to, command->most == 0 ? COMMAND_FLAG : command->argument_kind, command->choices,
             command->endings);
    buffer_print(to, "' ;;\n");
    for (size_t i = 0; command->children != NULL && command->children[i] != NULL; i++)
        put_command(to, command->children[i]);
}

static void put_values_of(struct buffer *to, const struct command *command,
                          const struct command_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (options->kind == COMMAND_FLAG)
            continue;
        buffer_print(to, "    '%s --%s') value='", command->path, options->name);
        put_kind(to, options->kind, options->choices, options->endings);
        buffer_print(to, "' ;;\n");
    }
}

static void put_values(struct buffer *to, const struct command *command)
{
    put_values_of(to, command, command->options);
    put_values_of(to, command, command->shared);
    for (size_t i = 0; command->children != NULL && command->children[i] != NULL; i++)
        put_values(to, command->children[i]);
}

static const char head[] =
    "# bash completion of otspipe " OTSPIPE_VERSION ", printed by 'otspipe completion bash'.\n"
    "# zsh: autoload -U bashcompinit; bashcompinit; then source it.\n\n"
    "# What may stand behind the command $1: $children, $options, $argument.\n"
    "_otspipe_command()\n"
    "{\n"
    "    case $1 in\n";

static const char between[] =
    "    *) return 1 ;;\n"
    "    esac\n"
    "}\n\n"
    "# What the option $2 of the command $1 takes: $value; it fails where that is nothing at all.\n"
    "_otspipe_value()\n"
    "{\n"
    "    case \"$1 $2\" in\n";

static const char tail[] =
    "    *) return 1 ;;\n"
    "    esac\n"
    "}\n\n"
    "# Files whose names begin with $cur and end as said, and folders on the way to them.\n"
    "_otspipe_files()\n"
    "{\n"
    "    local name ending\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    while IFS= read -r name; do\n"
    "        if [[ -d ${name/#\\~/$HOME} || $# == 0 ]]; then\n"
    "            COMPREPLY+=(\"$name\")\n"
    "            continue\n"
    "        fi\n"
    "        for ending in \"$@\"; do\n"
    "            [[ $name == *.\"$ending\" ]] && COMPREPLY+=(\"$name\")\n"
    "        done\n"
    "    done < <(compgen -f -- \"$cur\")\n"
    "}\n\n"
    "# Those of the words that begin with $cur, each behind $begin.\n"
    "_otspipe_choices()\n"
    "{\n"
    "    local word\n"
    "    for word in \"$@\"; do\n"
    "        [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$begin$word\")\n"
    "    done\n"
    "}\n\n"
    "# $1: an answer of the two lists above.\n"
    "_otspipe_offer()\n"
    "{\n"
    "    local words\n"
    "    read -r -a words <<<\"$1\"\n"
    "    case ${words[0]} in\n"
    "    choices) _otspipe_choices \"${words[@]:1}\" ;;\n"
    "    files) _otspipe_files \"${words[@]:1}\" ;;\n"
    "    folders)\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        while IFS= read -r words; do COMPREPLY+=(\"$words\"); done < <(compgen -d -- \"$cur\")\n"
    "        ;;\n"
    "    esac\n"
    "}\n\n"
    "_otspipe()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} before= begin= path= name= names= i children options argument "
    "value\n"
    "    COMPREPLY=()\n"
    "    ((COMP_CWORD > 1)) && before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    # --option=value is three words where '=' parts words, else one.\n"
    "    if [[ $cur == '=' ]]; then\n"
    "        cur=\n"
    "    elif [[ $before == '=' ]] && ((COMP_CWORD > 2)); then\n"
    "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    elif [[ $cur == --*=* ]]; then\n"
    "        before=${cur%%=*} begin=$before= cur=${cur#*=}\n"
    "    fi\n"
    "    # The command: the words in front, as long as they name one. help and man take the name of "
    "another.\n"
    "    _otspipe_command ''\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case \" $children \" in\n"
    "        *\" ${COMP_WORDS[i]} \"*) name=${name:+$name }${COMP_WORDS[i]} ;;\n"
    "        *) children= && break ;;\n"
    "        esac\n"
    "        _otspipe_command \"$name\"\n"
    "        if [[ $argument == commands ]]; then\n"
    "            path=$name name=\n"
    "            _otspipe_command ''\n"
    "        fi\n"
    "    done\n"
    "    names=$children\n"
    "    _otspipe_command \"${path:=$name}\"\n"
    "    if _otspipe_value \"$path\" \"$before\"; then\n"
    "        _otspipe_offer \"$value\"\n"
    "    elif [[ -n $begin ]]; then\n"
    "        :\n"
    "    elif [[ $cur == -* ]]; then\n"
    "        _otspipe_choices $options\n"
    "    else\n"
    "        _otspipe_choices $names\n"
    "        _otspipe_offer \"$argument\"\n"
    "    fi\n"
    "    return 0\n"
    "}\n\n"
    "complete -F _otspipe otspipe\n";

static void completion_put(struct buffer *to)
{
    buffer_print(to, "%s", head);
    put_command(to, &commands_root);
    buffer_print(to, "%s", between);
    put_values(to, &commands_root);
    buffer_print(to, "%s", tail);
}

static int completion_write(void)
{
    struct buffer text;
    buffer_init(&text, COMPLETION_MOST);
    completion_put(&text);
    bool whole = fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    buffer_fini(&text);
    return whole ? CLI_DONE : CLI_FAILED;
}

static int completion_words(const struct command *command, const struct word_list *shells)
{
    if (strcmp(shells->at[0], command->choices) == 0)
        return completion_write();
    words_tell(command, "bash is the only shell it knows; zsh takes the same with bashcompinit");
    return CLI_USAGE;
}

static int completion_run(const struct command *command, int argc, char **argv)
{
    struct words words;
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, NULL, &words, &code))
        code = completion_words(command, &words.arguments);
    words_fini(&words);
    return code;
}

static const struct command_term examples[] = {
    {"source <(otspipe completion bash)", "for this shell; in ~/.bashrc for all to come"},
    {"otspipe completion bash >otspipe.bash", "a file, for /etc/bash_completion.d say"},
    {0}};

const struct command completion_command = {
    .path = "completion",
    .summary = "prints a script that completes commands, options and files in bash",
    .arguments = "bash",
    .least = 1,
    .most = 1,
    .argument_kind = COMMAND_CHOICE,
    .choices = "bash",
    .about = "Prints a script that makes bash complete commands, options, their values and files by their "
             "endings. "
             "'cmake --install' installs it where bash-completion looks for it.\n\n"
             "In zsh: autoload -U bashcompinit; bashcompinit; source <(otspipe completion bash)",
    .examples = examples,
    .exits = command_exits_of_a_text,
    .see_also = "help, man",
    .run = completion_run,
};
