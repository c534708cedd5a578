# remote_rel: PGXS build.   make help: what there is to make
#
# Every object stands in OBJS once; header dependencies are written by the compilers.

EXTENSION = remote_rel
MODULE_big = remote_rel
DATA = $(wildcard sql/remote_rel--*.sql)
DOCS = README.md

OBJS = $(patsubst %.c,%.o,$(sort $(shell find src -name "*.c")))

# the version stands in the control file; other places are compared with it (test/t/002_house.pl)
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(EXTENSION).control)

PG_CPPFLAGS = -Isrc -DRR_VERSION='"$(EXTVERSION)"' $(shell pkg-config --cflags libcurl json-c)
PG_CFLAGS = -Wextra
SHLIB_LINK = $(shell pkg-config --libs libcurl json-c)

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=remote_rel
EXTRA_CLEAN = $(OBJS:=.d) $(OBJS:.o=.bc) $(OBJS:.o=.bc.d) results regression.diffs regression.out tmp_check

PG_CONFIG ?= pg_config

.DEFAULT_GOAL := all

# --- what needs nothing but this checkout: the scripts install the rest ------------------------------------------------

.PHONY: help demo test test-console test-fuzz screenshots test-long results extension

help:
	@echo 'make                  build for the server that PG_CONFIG names ($(PG_CONFIG)): the extension, and the program'
	@echo '                      remote-rel, if its libraries are there (make -s -C server missing)'
	@echo 'make extension        build the extension alone'
	@echo 'make install          and install it there'
	@echo 'make demo             the first remote join, from a fresh machine, shown step by step'
	@echo 'make test             every suite on throw-away clusters; ends with "N passed, N failed"'
	@echo '  TESTS="a b"           only these of test/sql/*.sql'
	@echo '  PROVE_TESTS="a b"     only these of test/t/*.pl'
	@echo '  SUITES="a b"          only these of test/suites/*'
	@echo 'make test-console     the console alone, in a real browser'
	@echo 'make test-fuzz        the fuzz targets, some seconds each'
	@echo 'make screenshots      take the pictures of the console that the last test run made, for README and docs'
	@echo 'make test-long        what is too long for that: stress, a large pool, restores again and again, metadata bodies by chance'
	@echo 'make results          take what the last "make test" printed (results/) as the expected output'
	@echo 'make installcheck     pg_regress alone, on a server that is already running'
	@echo 'make print-OBJS       any variable of this file'

demo:
	@exec env PG_CONFIG='$(PG_CONFIG)' test/prepare test/demo

test:
	@exec env PG_CONFIG='$(PG_CONFIG)' TESTS='$(TESTS)' PROVE_TESTS='$(PROVE_TESTS)' SUITES='$(SUITES)' test/prepare test/run

# before a release, and before an issue is closed that these concern
test-long:
	@REMOTE_REL_STRESS=120 REMOTE_REL_REPEAT=20 REMOTE_REL_FUZZ=600 REMOTE_REL_POOL=2000 \
		REMOTE_REL_ROWS=1000000 $(MAKE) --no-print-directory test \
		PROVE_TESTS='test/t/027_remote_scan.pl test/t/028_pool.pl test/t/031_dump.pl test/t/036_stress.pl test/t/039_metadata_fuzz.pl'

test-fuzz:
	@$(MAKE) --no-print-directory test SUITES='test/fuzz/short test/server/fuzz/short'

test-console:
	@$(MAKE) --no-print-directory test PROVE_TESTS=test/server/090_console.pl SUITES=test/suites/console

screenshots:
	@mkdir -p docs/images && cp -v tmp_check/log/console/*.png docs/images/

extension:
	@$(MAKE) --no-print-directory all WITHOUT_SERVER=1

results:
	@cp -v results/*.out expected/

print-%:
	@echo '$($*)'

# --- what needs the server's headers -----------------------------------------------------------------------------------

ifneq ($(filter-out help demo test test-console test-fuzz screenshots test-long results extension,$(or $(MAKECMDGOALS),all)),)

PGXS := $(shell $(PG_CONFIG) --pgxs)

# The server may have been built with a clang, for JIT inlining, that this machine lacks.
ifeq ($(shell command -v "$$(sed -n 's/^CLANG *= *//p' '$(dir $(PGXS))../Makefile.global')"),)
override with_llvm = no
endif

include $(PGXS)

# The server's headers are not ours to warn about.
# x.o.d, x.bc.d: one a compiler, so that neither overwrites the other's. PGXS has expanded CPPFLAGS once and for all.
PGXS_CPPFLAGS := $(subst -I$(includedir_server),-isystem $(includedir_server),\
	$(subst -I$(includedir_internal),-isystem $(includedir_internal),$(CPPFLAGS)))
override CPPFLAGS = $(PGXS_CPPFLAGS) -MD -MP -MF $@.d

src/http/transfer.o src/http/transfer.bc: $(EXTENSION).control

# The program: see server/Makefile.
ifndef WITHOUT_SERVER
ifeq ($(shell $(MAKE) --no-print-directory -s -C server missing PG_CONFIG='$(PG_CONFIG)'),)
.PHONY: server install-server uninstall-server
server install-server uninstall-server:
	@$(MAKE) --no-print-directory -C server $(patsubst server,all,$(patsubst %-server,%,$@)) PG_CONFIG='$(PG_CONFIG)'
all: server
install: install-server
uninstall: uninstall-server
endif
endif
.PHONY: clean-server
clean-server:
	@$(MAKE) --no-print-directory -C server clean PG_CONFIG='$(PG_CONFIG)'
clean: clean-server

-include $(OBJS:=.d) $(OBJS:.o=.bc.d)

endif
