# What is written down twice agrees, and the library exports no name that another extension could have.

use RemoteRel::Test;

my $control = slurp_file('remote_rel.control');
my ($version) = $control =~ /^default_version = '([^']+)'/m;

# --- versions --------------------------------------------------------------------------------------------------------

my $meta = decode_json(slurp_file('META.json'));
my $semantic = qr/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
my ($provided) = $meta->{provides}{remote_rel};

like($meta->{version}, qr/^\Q$version\E\.\d+$/, 'META.json has the version of remote_rel.control');
is($provided->{version}, $meta->{version}, 'and provides it');
ok(-e "sql/remote_rel--$version.sql", 'there is a script for it');
is($provided->{file}, "sql/remote_rel--$version.sql", 'which META.json names');
like(slurp_file("sql/remote_rel--$version.sql"), qr/^-- remote_rel \Q$version\E$/m, 'and which says so itself');
is(`make -s print-EXTVERSION`, "$version\n", 'the Makefile reads it');
like(slurp_file('CHANGELOG.md'), qr/^## \Q$meta->{version}\E\b/m, 'the changelog speaks of it');

# --- PGXN's meta specification 1.0.0 ---------------------------------------------------------------------------------

ok($meta->{$_}, "META.json has $_") for qw(name version abstract maintainer license provides meta-spec);
like($meta->{$_}, $semantic, "$_ is a semantic version") for 'version';
like($meta->{prereqs}{runtime}{requires}{PostgreSQL}, $semantic, 'so is that of PostgreSQL');
unlike($meta->{name}, qr{[\s/\\]|^.?$}, 'name is a term');
is($meta->{license}, 'postgresql', 'license is one of the known ones');
is($meta->{'meta-spec'}{version}, '1.0.0', 'the version of the specification');
like($meta->{'meta-spec'}{url}, qr{^https?://pgxn\.org/meta/spec\.txt$}, 'its address');
ok(-e $provided->{$_}, "$_ exists") for qw(file docfile);
is(scalar(grep { !/^(?:name|version|abstract|description|maintainer|license|provides|prereqs|no_index|resources|generated_by|meta-spec|tags|release_status)$/ } keys %$meta),
	0, 'no unknown keys');

# --- symbols ---------------------------------------------------------------------------------------------------------

my @symbols = map { (split)[2] } grep { / [A-Z] / } `nm -D --defined-only remote_rel.so`;
cmp_ok(scalar @symbols, '>', 10, 'nm shows the exported symbols');
is_deeply(
	[ grep { !/^(?:rr_\w+|gql_\w+|pg_finfo_rr_\w+|_PG_init|Pg_magic_func)$/ } @symbols ],
	[], 'all of them start with rr_, gql_ or pg_finfo_rr_');

# --- the SQL script --------------------------------------------------------------------------------------------------

my $script = slurp_file("sql/remote_rel--$version.sql");
my @c_functions = $script =~ /'MODULE_PATHNAME',\s*'(\w+)'/g;
my %exported = map { $_ => 1 } @symbols;
is_deeply([ grep { !$exported{$_} || !$exported{"pg_finfo_$_"} } @c_functions ], [], 'its C functions exist');
unlike($script, qr/IF NOT EXISTS|OR REPLACE/i, 'it takes over no object that somebody planted');

done_testing();
