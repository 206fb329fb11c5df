// SPDX-License-Identifier: MIT
// 1,000 random programs, run in two processes, print the same (engine.md, statement 16). The two differ in
// every address and in Lua's hash seed; each program has a fresh state. Fixed seeds: a failure comes again.
#include "snippet.h"

#include "engine/value.h"
#include "lua/lib.h"

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAMS 1000
#define TRACE_MAX (64u << 20)

extern char **environ;

// ---- the generator --------------------------------------------------------------------------------------

static uint64_t random_state;

static unsigned roll(unsigned sides)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % sides;
}

// Statements over a table t, a text s and a number n; each %d becomes a small number, each %w a word.
static const char *const statements[] = {
    "t.%w = %d",
    "t[%d] = '%w'",
    "t['%w' .. n] = { %w = %d, %d.5, '%w' }",
    "t[%d.5] = true t[true] = n t[false] = s",
    "t.%w = nil",
    "for k, v in pairs(t) do print(k, v) end",
    "for k in pairs(t) do if type(k) == 'string' then t[k .. 'x'] = nil end end",
    "for i = 1, %d do t['%w' .. i] = i end",
    "local k = next(t) print(k) ",
    "local r = {} for k, v in pairs(t) do r[#r + 1] = { tostring(k), tostring(v) } end "
    "table.sort(r, function(a, b) return #a[1] < #b[1] end) for i, e in ipairs(r) do print(e[1], e[2]) end",
    "local r = {} for i = 1, %d%d do r[i] = { i * %d %% 7, i } end "
    "table.sort(r, function(a, b) return a[1] < b[1] end) print(r[1][2], r[#r][2], r[#r // 2 + 1][2])",
    "local r = {} for w in s:gmatch('%a+') do r[#r + 1] = w end table.sort(r) print(table.concat(r, ' '))",
    "s = s:gsub('%w', { %w = '%w' }) .. ' %w %d' print(s)",
    "s = s:upper():sub(-%d) .. s:reverse():lower() if #s > 200 then s = s:sub(1, 50) end",
    "print(string.format('%%5s|%%-8s|%%q|%%g', t, print, s, n / %d))",
    "print(tostring(t), tostring(print), t, setmetatable({}, { __name = '%w' }))",
    "print(pcall(function() return t.%w.%w end))",
    "print(pcall(function() error({ '%w' }) end))",
    "print(pcall(function() return t < s end), pcall(function() return #n end))",
    "print(xpcall(function() return s + %d end, function(m) return 'because ' .. m end))",
    "print(pcall(string.rep, s, 1 << 40), pcall(string.format, '%%d', '%w'))",
    "for i = 1, 2000 do local garbage = { i, tostring(i) } end",
    "local big = {} for i = 1, 500 do big[i] = ('%w'):rep(i) end n = n + #big",
    "print(pcall(usher.json.encode, t))",
    "print(usher.json.encode { %w = %d, %w = { %d, '%w' }, %w = n / 3 })",
    "local o = setmetatable({}, { __index = t, __tostring = function() return '%w' end }) print(o, o.%w)",
    "n = (n * %d + %d) % 1000003 print(n, n / 7, n // 3, n %% 5, math.sqrt(n))",
    "print(select('#', table.unpack(t)), #t, rawlen(t), s:find('%w'), s:match('(%a+) (%d+)'))",
    "local function deep(i) return i == 0 and 0 or 1 + deep(i - 1) end print(deep(%d%d))",
};
static const char *const words[] = {"ada", "b", "karma", "pema", "zoe", "x1", "guest", "Thimphu", "late",
    "of"};

static void add_statement(struct buf *b, const char *statement)
{
    for (const char *c = statement; *c; c++) {
        if (*c != '%') buf_addc(b, *c);
        else if (*++c == 'w') buf_addz(b, words[roll(sizeof words / sizeof words[0])]);
        else if (*c == 'd') buf_addf(b, "%u", 1 + roll(9));
        else if (*c == '%') buf_addc(b, '%');
        else buf_addf(b, "%%%c", *c);
    }
    buf_addc(b, '\n');
}

static void generate(struct buf *b, unsigned seed)
{
    random_state = seed * 2654435761u + 1;
    buf_clear(b);
    buf_addz(b, "local t, s, n = {}, 'one two three', 1\n");
    for (unsigned i = 5 + roll(20); i; i--) {
        buf_addz(b, "do ");
        add_statement(b, statements[roll(sizeof statements / sizeof statements[0])]);
        buf_addz(b, "end ");
    }
    buf_addz(b, "return s .. n\n");
}

// ---- the traced process ---------------------------------------------------------------------------------

static void print_out(lua_State *L, struct text line)
{
    printf("%.*s\n", (int)line.len, line.data);
}

static int trace(void)
{
    struct buf program;
    buf_init(&program, 1 << 20);
    lib_print_set(print_out);
    for (unsigned seed = 0; seed < PROGRAMS; seed++) {
        char result[4000];
        struct sandbox *s = snippet_sandbox();
        s->budget.slice_ms = 60000;
        generate(&program, seed);
        struct outcome_of_run o = snippet_run(s, buf_z(&program), result, sizeof result);
        printf("program %u: %d %d %s\n", seed, o.status, (int)o.struck, result);
        sandbox_close(s);
    }
    buf_release(&program);
    return fflush(stdout);
}

// ---- the comparison -------------------------------------------------------------------------------------

static void trace_elsewhere(struct buf *out)
{
    int pipe_ends[2], status;
    assert_int_equal(pipe(pipe_ends), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
    char *argv[] = {"determinism_test", "trace", NULL};
    pid_t pid;
    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    char piece[65536];
    for (ssize_t n; (n = read(pipe_ends[0], piece, sizeof piece)) > 0;) buf_add(out, piece, (size_t)n);
    close(pipe_ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_thousand_programs_print_the_same_in_two_processes(void **state)
{
    struct buf one, other;
    buf_init(&one, TRACE_MAX);
    buf_init(&other, TRACE_MAX);
    trace_elsewhere(&one);
    trace_elsewhere(&other);
    assert_false(one.over);
    assert_true(one.len > 100000);
    size_t same = 0, line = 0;
    while (same < one.len && same < other.len && one.data[same] == other.data[same]) {
        if (one.data[same++] == '\n') line = same;
    }
    if (same < one.len || same < other.len)
        fail_msg("they part at: %.300s\nand: %.300s", one.data + line, other.data + line);
    buf_release(&one);
    buf_release(&other);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "trace") == 0) return trace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_programs_print_the_same_in_two_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
