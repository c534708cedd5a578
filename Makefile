# remote_rel: PGXS build.
#
#   make, make install        build and install for the server that PG_CONFIG names
#   make demo                 the first remote join, from a fresh machine, shown step by step
#   make test                 pg_regress and TAP suites on a throw-away cluster; ends with "N passed, N failed"
#   make installcheck         pg_regress alone, on a server that is already running
#
# Every object stands in OBJS once; header dependencies are written by the compiler (-MMD).

EXTENSION = remote_rel
MODULE_big = remote_rel
DATA = $(wildcard sql/remote_rel--*.sql)
DOCS = README.md

OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))

PG_CPPFLAGS = -Isrc -MMD -MP $(shell pkg-config --cflags libcurl json-c)
PG_CFLAGS = -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
SHLIB_LINK = $(shell pkg-config --libs libcurl json-c)

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=remote_rel
EXTRA_CLEAN = $(OBJS:.o=.d) $(OBJS:.o=.bc) results regression.diffs regression.out

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

-include $(OBJS:.o=.d)
