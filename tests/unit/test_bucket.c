/* bucket: each rule of order, retry, splitting and giving up, as a script (see support/bucket_rig.h). */
#include "support/bucket_rig.h"

struct script {
    const char *says;
    const char *words;
};

/* At the end of every script all is settled and no key is busy. */
static void run_scripts(const struct script *scripts, size_t count, const struct bucket_options *options,
                        bool same_key)
{
    for (size_t i = 0; i < count; i++) {
        struct rig *rig = rig_create(options);
        rig->sink.same_key = same_key;
        rig->says = scripts[i].says;
        rig_run(rig, scripts[i].words);
        rig_run(rig, "@0 none keys=0 flying=0 open=0 waiting=0 retrying=0 =");
        rig_destroy(rig);
    }
}

#define RUN(scripts, options, same_key)                                                                      \
    run_scripts(scripts, sizeof(scripts) / sizeof((scripts)[0]), options, same_key)

static void test_requests_are_full_or_due(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"nothing in flight: sent at the end of the take", "+a1 +b1 none turn >a1,b1 0:OO =a1W,b1W @0 idle"},
        {"full: sent at once", "+a1 +b1 +c1 +d1 >a1,b1,c1,d1 0:OOOO =a1W,b1W,c1W,d1W"},
        {"others in flight: the linger decides",
         "+a1 turn >a1 +b1 turn none @9 none +c1 turn @1 >b1,c1 1:OO 0:O =b1W,c1W,a1W"},
        {"the last answer ends the linger", "+a1 turn >a1 +b1 turn none 0:O >b1 1:O =a1W,b1W"},
        {"hurry: sent at once", "+a1 turn >a1 +b1 turn none hurry >b1 1:O 0:O =b1W,a1W"},
        {"at the limit: full ones wait in a row, a due one goes on filling",
         "+a1 turn >a1 +b1 turn @10 >b1 +c1 +d1 +e1 +f1 +g1 turn @10 +h1 none open=6 0:O >c1,d1,e1,f1 "
         "1:O >g1,h1 2:OOOO 3:OO =a1W,b1W,c1W,d1W,e1W,f1W,g1W,h1W"},
        {"rows without a key are sent with others", "+*1 +*2 +a1 turn >*1,*2,a1 0:OOO =*1W,*2W,a1W"},
    };
    RUN(scripts, &rig_options, true);
}

static void test_a_busy_key_waits(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"same key, open request: joins", "+a1 +a2 turn >a1,a2 0:OO =a1W,a2W"},
        {"same key, in flight: waits, then moves up in order",
         "+a1 turn >a1 +a2 +b1 +a3 turn waiting=2 @10 >b1 0:O none waiting=0 @10 >a2,a3 1:O 2:OO "
         "=a1W,b1W,a2W,a3W"},
        {"sealed but not sent: waits as well",
         "+x1 turn +y1 turn @10 >x1 >y1 +a1 +b1 +c1 +d1 +a2 waiting=1 0:O >a1,b1,c1,d1 1:O 2:OOOO >a2 3:O "
         "=x1W,y1W,a1W,b1W,c1W,d1W,a2W"},
        {"more waiting than a request holds: the rest waits on",
         "+a1 turn >a1 +a2 +a3 +a4 +a5 +a6 +a7 waiting=6 0:O >a2,a3,a4,a5 waiting=2 keys=1 1:OOOO >a6,a7 "
         "2:OO "
         "=a1W,a2W,a3W,a4W,a5W,a6W,a7W"},
        {"behind waiting rows a new row waits too, even when the key is in the open request",
         "+a1 turn +z1 turn @10 >a1 >z1 +b1 +c1 +d1 +a2 +a3 0:O waiting=1 >b1,c1,d1,a2 +a4 waiting=2 1:O "
         "2:OOOO >a3,a4 3:OO "
         "=a1W,z1W,b1W,c1W,d1W,a2W,a3W,a4W"},
        {"backing off: waits", "+a1 turn >a1 0:retry +a2 turn none waiting=1 @100 >a1 1:O >a2 2:O =a1W,a2W"},
        {"other keys pass", "+a1 turn >a1 0:retry +a2 +b1 turn >b1 1:O =b1W @100 >a1 2:O >a2 3:O =a1W,a2W"},
    };
    RUN(scripts, &rig_options, true);
    static const struct script one[] = {
        {"one row a key: waits",
         "+a1 +a2 +b1 +a3 turn >a1,b1 waiting=2 0:OO >a2 1:O >a3 2:O =a1W,b1W,a2W,a3W"},
    };
    RUN(one, &rig_options, false);
}

static void test_verdicts_of_one_key_are_judged_together(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"E6: the old put failed, the new one is written: not sent again",
         "+a1 +a2 turn >a1,a2 0:RO =a1S,a2W"},
        {"the same for a delete", "+a1 +a2d turn >a1,a2d 0:RO =a1S,a2dW"},
        {"an update before a written put is superseded", "+a1u +a2 turn >a1u,a2 0:RO =a1uS,a2W"},
        {"a written update does not supersede: both again",
         "+a1 +a2u turn >a1,a2u 0:RO = @100 >a1,a2u 1:OO =a1W,a2uW"},
        {"from the first failed row after the last written put all go again",
         "+a1 +a2u +a3u +a4u turn >a1,a2u,a3u,a4u 0:OORO =a1W,a2uW @100 >a3u,a4u 1:OO =a3uW,a4uW"},
        {"written updates between w and the first failed row are written",
         "+a1 +a2 +a3u +a4u turn >a1,a2,a3u,a4u 0:ROOR =a1S,a2W,a3uW @100 >a4u 1:O =a4uW"},
        {"a refused row stays refused, its neighbours of the key go again",
         "+a1 +a2u +a3u turn >a1,a2u,a3u 0:RXO =a2uX @100 >a1,a3u 1:OO =a1W,a3uW"},
        {"a refused put supersedes nothing", "+a1 +a2 turn >a1,a2 0:RX =a2X @100 >a1 1:O =a1W"},
        {"E5: one refused row does not stop the retry of the others",
         "+a1 +b1 +c1 +d1 >a1,b1,c1,d1 0:XROR =c1W,a1X @100 >b1,d1 1:OO =b1W,d1W"},
        {"rows of other keys are settled and their keys free at once",
         "+a1 +b1 turn >a1,b1 0:RO =b1W +b2 turn >b2 keys=2 1:O =b2W @100 >a1 2:O =a1W"},
        {"a waiting row moves up only when all of its key is settled",
         "+a1 +a2u turn >a1,a2u +a3 0:RO = waiting=1 @100 >a1,a2u 1:OO >a3 2:O =a1W,a2uW,a3W"},
        {"rows without a key are judged alone",
         "+*1 +*2 +*3 turn >*1,*2,*3 0:ROX =*2W,*3X @100 >*1 1:O =*1W"},
    };
    RUN(scripts, &rig_options, true);
    static const struct script e50[] = {
        {"E50: a retry that is refused as a whole does not bring settled rows back",
         "+a1 +b1 +c1 +d1 0:OROR >a1,b1,c1,d1 =a1W,c1W @100 >b1,d1 1:slow = @200 >b1,d1 2:RO =d1W @400 >b1 "
         "3:O =b1W"},
    };
    RUN(e50, &rig_options, true);
}

static void test_unordered_tables_skip_the_keys(void **state)
{
    (void)state;
    struct bucket_options options = rig_options;
    options.ordered = false;
    static const struct script scripts[] = {
        {"same key in several requests", "+a1 turn >a1 +a2 turn @10 >a2 keys=0 1:O 0:O =a2W,a1W"},
        {"only failed rows go again", "+a1 +a2 turn >a1,a2 0:RO =a2W @100 >a1 1:O =a1W"},
        {"a cut does not wait for late application", "+a1 turn >a1 0:cut @100 >a1 1:O =a1W"},
        {"split", "+a1 +b1 turn >a1,b1 0:refused >a1 1:O >b1 2:refused =a1W,b1X"},
    };
    RUN(scripts, &options, true);
}

static void test_whole_failures_are_sent_again_as_they_were(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"retry", "+a1 +b1 turn >a1,b1 0:retry retrying=2 @100 >a1,b1 1:OO =a1W,b1W"},
        {"the wait doubles", "+a1 turn >a1 0:retry @100 >a1 1:retry @99 none @101 >a1 2:O =a1W"},
        {"what backed off joins the open request", "+a1 turn >a1 +x1 turn @10 >x1 0:retry +y1 turn @10 >y1 "
                                                   "+b1 turn @100 none open=2 1:O >b1,a1 2:O 3:OO "
                                                   "=x1W,y1W,b1W,a1W"},
        {"or, when it does not fit, it is sent by itself, first",
         "+a1 +a2 turn >a1,a2 +x1 turn @10 >x1 0:retry +y1 turn @10 >y1 +b1 +c1 +d1 turn @100 none open=5 "
         "1:O >a1,a2 2:O "
         ">b1,c1,d1 3:OO 4:OOO =x1W,y1W,a1W,a2W,b1W,c1W,d1W"},
        {"a cut is not sent again before the settle time is over",
         "+a1 turn >a1 0:cut +a2 turn @999 none waiting=1 @1 >a1 1:O >a2 2:O =a1W,a2W"},
        {"unsent", "+a1 turn >a1 0:unsent @100 >a1 1:O =a1W"},
        {"unsent ones are tried soon when another is answered",
         "+a1 turn >a1 0:unsent @100 >a1 1:unsent @200 >a1 2:unsent +b1 turn >b1 3:O =b1W @100 >a1 4:O =a1W"},
    };
    RUN(scripts, &rig_options, true);
}

static void test_trouble_is_said_once_and_ends(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"blocked: said once, asked seldom, one request at a time",
         "+a1 turn >a1 0:blocked trouble +b1 turn @2000 none limit=0 @3000 >b1,a1 limit=1 +c1 turn @10 none "
         "1:blocked @10000 "
         ">c1,b1,a1 2:OOO =c1W,b1W,a1W well"},
        {"blocked ones go on soon after one was let in",
         "+a1 turn >a1 +b1 turn @10 >b1 0:blocked 1:O trouble =b1W @100 >a1 2:O =a1W well"},
        {"failing for ten seconds is said, once",
         "+a1 turn >a1 0:retry @100 >a1 1:retry @200 >a1 2:retry @400 >a1 3:retry @800 >a1 4:retry @9000 >a1 "
         "5:retry trouble "
         "@1000 >a1 6:retry @1000 >a1 7:O =a1W well"},
    };
    RUN(scripts, &rig_options, true);
}

static void test_a_refused_request_is_split_until_the_guilty_row_is_alone(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"one row: refused", "+a1 turn >a1 0:refused =a1X"},
        {"E7: the guilty one is found, the others are written",
         "+a1 +b1 +c1 +d1 >a1,b1,c1,d1 0:refused splits=1 >a1,b1 none 1:OO =a1W,b1W >c1,d1 2:refused >c1 "
         "3:refused =c1X >d1 "
         "4:O =d1W splits=2"},
        {"no row joins a part",
         "+a1 +b1 turn >a1,b1 0:refused >a1 1:retry +c1 turn >c1 @100 >a1 none 2:O 3:O >b1 4:O =c1W,a1W,b1W"},
        {"halves that share a key go one after the other, and keep the key",
         "+a1 +b1 +a2u +c1 >a1,b1,a2u,c1 0:refused >a1,b1 none +a3u waiting=1 1:OO =a1W,b1W >a2u,c1 +a4u "
         "waiting=2 2:OO "
         ">a3u,a4u 3:OO =a2uW,c1W,a3uW,a4uW"},
        {"what must go again goes before the other half",
         "+a1 +b1 +a2u +c1 >a1,b1,a2u,c1 0:refused >a1,b1 1:RO =b1W none @100 >a1,a2u,c1 2:OOO "
         "=a1W,a2uW,c1W"},
        {"a key of the first and the third part stays busy",
         "+a1 +b1 +c1 +a2u >a1,b1,c1,a2u 0:refused >a1,b1 1:refused >a1 2:O =a1W +a3u waiting=1 >b1 3:O =b1W "
         ">c1,a2u 4:OO >a3u "
         "5:O =c1W,a2uW,a3uW"},
        {"a part is cut: the other half waits for the settle time too",
         "+a1 +a2u turn >a1,a2u 0:refused >a1 1:cut @999 none @1 >a1 2:O >a2u 3:O =a1W,a2uW"},
        {"a key of both halves that was refused in the first",
         "+a1 +a2u turn >a1,a2u 0:refused >a1 1:refused >a2u 2:O =a1X,a2uW"},
    };
    RUN(scripts, &rig_options, true);
}

static void test_drop_gives_up_all_but_what_may_still_be_applied(void **state)
{
    (void)state;
    static const struct script scripts[] = {
        {"open rows", "+a1 drop =a1D @0 idle"},
        {"ready rows, waiting rows", "+x1 turn +y1 turn @10 >x1 >y1 +a1 +b1 +c1 +d1 +x2 open=4 waiting=1 "
                                     "drop =x2D,a1D,b1D,c1D,d1D keys=2 0:O 1:O =x1W,y1W @0 "
                                     "idle"},
        {"backing off", "+a1 turn >a1 0:retry drop =a1D @500"},
        {"in flight: what was written is written, the rest is dropped, nothing goes again",
         "+a1 +b1 +c1 turn >a1,b1,c1 drop = 0:ORX =a1W,b1D,c1D @500"},
        {"in flight, failed as a whole", "+a1 turn >a1 drop 0:retry =a1D @500"},
        {"in flight, refused: not split", "+a1 +b1 turn >a1,b1 drop 0:refused =a1D,b1D"},
        {"new rows of a key in flight wait", "+a1 turn >a1 drop +a2 waiting=1 0:R =a1D >a2 1:O =a2W"},
        {"in flight, cut: its keys stay busy for the settle time",
         "+a1 turn >a1 drop 0:cut =a1D +a2 turn @999 none waiting=1 @1 >a2 1:O =a2W"},
        {"cut before the drop: the same, from the cut on",
         "+a1 turn >a1 0:cut @400 drop =a1D @0 idle +a2 turn retrying=0 @599 none @1 >a2 1:O =a2W"},
        {"twice", "+a1 turn >a1 0:cut drop =a1D +a2 drop =a2D keys=1 +a3 @1000 >a3 1:O =a3W"},
        {"both halves of a split request",
         "+a1 +b1 +a2u +c1 >a1,b1,a2u,c1 0:refused >a1,b1 drop =a2uD,c1D keys=2 1:RO =a1D,b1W"},
        {"a half that was cut",
         "+a1 +a2u +c1 turn >a1,a2u,c1 0:refused >a1 1:cut drop =a1D,a2uD,c1D keys=1 @1000"},
        {"blocked: well again", "+a1 turn >a1 0:blocked trouble drop =a1D @0 well"},
        {"every request in flight is cut",
         "+a1 turn +b1 turn @10 >a1 >b1 drop cut cuts=2 0:cut 1:cut =a1D,b1D @1000"},
    };
    RUN(scripts, &rig_options, true);
}

static void test_a_bucket_goes_while_keys_settle(void **state)
{
    (void)state;
    struct rig *rig = rig_create(&rig_options);
    rig_run(rig, "+a1 turn >a1 drop 0:cut =a1D keys=1");
    rig_destroy(rig);
}

static void test_the_limit_goes_up_slowly_and_down_fast(void **state)
{
    (void)state;
    struct bucket_options options = rig_options;
    options.concurrency = 0;
    struct rig *rig = rig_create(&options);
    rig->sink.rows_most = 1;
    char word[32];
    size_t answered = 0;
    for (int i = 0; i < 400; i++) {
        snprintf(word, sizeof(word), "+%c%d", '!' + i % 90, i);
        rig_word(rig, word);
    }
    rig_run(rig, "limit=10 flying=10 @9");
    for (int i = 0; i < 10; i++)
        rig_answer(rig, answered++, "O");
    rig_run(rig, "limit=10 flying=10 @20"); /* answers that come at once ask for no more */
    for (int i = 0; i < 10; i++)
        rig_answer(rig, answered++, "O");
    rig_run(rig, "limit=11 flying=11");
    for (int i = 0; i < 11; i++)
        rig_answer(rig, answered++, "slow"); /* one round says it eleven times, it counts once */
    rig_run(rig, "limit=7");
    rig_answer(rig, answered++, "cut");
    rig_run(rig, "limit=4");
    bucket_drop(rig->bucket);
    while (answered < rig->sent_count)
        rig_answer(rig, answered++, "O");
    rig_destroy(rig);
}

static void test_the_reason_of_a_rejection_is_the_rows_own(void **state)
{
    (void)state;
    struct rig *rig = rig_create(&rig_options);
    rig_run(rig, "+a1 +b1 turn >a1,b1 0:OX =a1W,b1X");
    assert_string_equal(rig->why, "CodeX row 1");
    rig_run(rig, "+a1 turn >a1 1:refused =a1X");
    assert_string_equal(rig->why, "Whole: refused");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_are_full_or_due),
        cmocka_unit_test(test_a_busy_key_waits),
        cmocka_unit_test(test_verdicts_of_one_key_are_judged_together),
        cmocka_unit_test(test_unordered_tables_skip_the_keys),
        cmocka_unit_test(test_whole_failures_are_sent_again_as_they_were),
        cmocka_unit_test(test_trouble_is_said_once_and_ends),
        cmocka_unit_test(test_a_refused_request_is_split_until_the_guilty_row_is_alone),
        cmocka_unit_test(test_drop_gives_up_all_but_what_may_still_be_applied),
        cmocka_unit_test(test_a_bucket_goes_while_keys_settle),
        cmocka_unit_test(test_the_limit_goes_up_slowly_and_down_fast),
        cmocka_unit_test(test_the_reason_of_a_rejection_is_the_rows_own),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rig_keeps_originals = true;
    return failed + cmocka_run_group_tests_name("with originals", tests, NULL, NULL);
}
