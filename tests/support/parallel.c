/* parallel: fork, a file for the output of each, wait. */
#include "support/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

enum { PARALLEL_MOST = 32 };

struct parallel_case {
    pid_t process;
    FILE *output;
};

static void parallel_begin(struct parallel_case *begun, const struct CMUnitTest *test,
                           CMFixtureFunction setup, CMFixtureFunction teardown)
{
    begun->output = check_memory(tmpfile());
    begun->process = fork();
    CHECK(begun->process >= 0);
    if (begun->process > 0)
        return;
    CHECK(dup2(fileno(begun->output), STDOUT_FILENO) >= 0 && dup2(fileno(begun->output), STDERR_FILENO) >= 0);
    exit(_cmocka_run_group_tests(test->name, test, 1, setup, teardown) == 0 ? 0 : 1);
}

static int parallel_end(const struct parallel_case *begun)
{
    int status = 0;
    char piece[4096];
    CHECK(waitpid(begun->process, &status, 0) == begun->process);
    rewind(begun->output);
    for (size_t len; (len = fread(piece, 1, sizeof(piece), begun->output)) > 0;)
        fwrite(piece, 1, len, stdout);
    fclose(begun->output);
    if (WIFSIGNALED(status))
        printf("ended by signal %d\n", WTERMSIG(status));
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int parallel_run(const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup,
                 CMFixtureFunction teardown)
{
    struct parallel_case begun[PARALLEL_MOST];
    int failed = 0;
    CHECK(count <= PARALLEL_MOST);
    fflush(NULL);
    for (size_t i = 0; i < count; i++)
        parallel_begin(&begun[i], &tests[i], setup, teardown);
    for (size_t i = 0; i < count; i++)
        failed += parallel_end(&begun[i]);
    return failed;
}
