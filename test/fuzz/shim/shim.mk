# shim.mk: the language layer outside of a server, for the makefiles that include this.
#
# Compiles src/graphql/, what of src/base/ and src/json/ it uses, and the shim into $(BUILD)/objects/, as OBJECTS, with CC, SHIM_CFLAGS and the includer's CFLAGS; to be
# linked with SHIM_LIBS. ROOT is the repository, PG_CONFIG names the server.

ROOT ?= ../..
PG_CONFIG ?= pg_config

SHIM_SOURCES := $(sort $(shell find $(ROOT)/src/graphql -name '*.c')) $(ROOT)/src/base/budget.c $(ROOT)/src/json/tree.c $(ROOT)/src/json/scan.c $(ROOT)/test/fuzz/shim/shim.c
SHIM_HEADERS := $(shell find $(ROOT)/src $(ROOT)/test/fuzz/shim -name '*.h')
SHIM_CFLAGS := -std=gnu99 -D_GNU_SOURCE -ffunction-sections -fno-strict-aliasing -fwrapv -Wall -Wextra \
	-I$(ROOT)/src -I$(ROOT)/test/fuzz/shim -isystem $(shell $(PG_CONFIG) --includedir-server) \
	-isystem $(shell $(PG_CONFIG) --includedir)/internal $(shell pkg-config --cflags json-c)
SHIM_LIBS := -Wl,--gc-sections -L$(shell $(PG_CONFIG) --pkglibdir) -lpgcommon -lpgport $(shell pkg-config --libs json-c) -lm

OBJECTS = $(patsubst $(ROOT)/%.c,$(BUILD)/objects/%.o,$(SHIM_SOURCES))

# Its functions have the server's parameters, and ignore most.
$(BUILD)/objects/test/fuzz/shim/%.o: SHIM_CFLAGS += -Wno-unused-parameter

all:

$(BUILD)/objects/%.o: $(ROOT)/%.c $(SHIM_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(SHIM_CFLAGS) $(CFLAGS) -c -o $@ $<

clean:
	rm -rf $(BUILD)

.PHONY: all clean
