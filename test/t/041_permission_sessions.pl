# What changes a role's view of a remote schema, other sessions see at their next query: permissions, memberships, roles, the setting; and not before it is committed.

use RemoteRel::Test;

my $node = start_node();
my $remote = start_remote('yoga');
my $other = session($node);
my $this = session($node);

add_remote($node, api => $remote->url);
$this->query(q{
	CREATE ROLE regress_group;
	CREATE ROLE regress_second;
	CREATE ROLE regress_member;
	CREATE ROLE regress_app LOGIN;
	GRANT regress_member TO regress_app});

# The fields that the role has, as the other session sees them
sub fields
{
	my ($role) = @_;

	return $other->query(sprintf q{SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(
		graphql_resolve('{ __schema { queryType { fields(includeDeprecated: true) { name } } } }', %s) #> '{data,__schema,queryType,fields}') AS f}, literal($role));
}
my $none = 'no_queries_available';

sub permission
{
	my ($role, $field) = @_;

	return sprintf q{SELECT remote_rel.add_remote_schema_permissions('api', '%s', 'type Query { %s }')}, $role, $field;
}

is(fields('regress_member'), $none, 'nothing without a permission');
$this->query(permission(regress_group => 'counter: Int!'));
is(fields('regress_group'), 'counter', 'a permission');
is(fields('regress_member'), $none, '… is not for others');
$this->query('BEGIN; GRANT regress_group TO regress_member');
is(fields('regress_member'), $none, 'a membership that is not committed');
$this->query('COMMIT');
is(fields('regress_member'), 'counter', '… and that is');
is($other->query(q{SELECT graphql_resolve('{ counter }', 'regress_member')}), '{"data":{"counter":0}}', 'it is good for queries');
$this->query(permission(regress_second => 'old_counter: Int') . '; GRANT regress_second TO regress_member');
is(fields('regress_member'), $none, 'two that differ hide it');
$this->query('REVOKE regress_group FROM regress_member');
is(fields('regress_member'), 'old_counter', 'one is left');
$this->query('REVOKE regress_second FROM regress_member; GRANT regress_group TO regress_second; GRANT regress_second TO regress_member');
is(fields('regress_member'), $none, 'memberships of memberships count like the others');
$this->query(permission(regress_member => 'old_counter: Int counter: Int!'));
is(fields('regress_member'), 'counter old_counter', 'an own one comes first');
$this->query('BEGIN');
$this->query(q{SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_member'), remote_rel.drop_remote_schema_permissions('api', 'regress_group')});
is(fields('regress_member'), 'counter old_counter', 'drops that are not committed');
$this->query('ROLLBACK');
is(fields('regress_member'), 'counter old_counter', '… and that never are');
$this->query(q{SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_member'), remote_rel.drop_remote_schema_permissions('api', 'regress_group')});
is(fields('regress_member'), 'old_counter', '… and that are');

# Roles
$this->query('ALTER ROLE regress_second RENAME TO regress_third');
is(fields('regress_third') . ' ' . fields('regress_member'), "$none $none", 'a permission belongs to a name, which a renamed role has no more');
$this->query('ALTER ROLE regress_third RENAME TO regress_second');
is(fields('regress_second') . ' ' . fields('regress_member'), 'old_counter old_counter', 'and has again');
$this->query('ALTER ROLE regress_member SUPERUSER');
like(fields('regress_member'), qr/auth0.*weather/, 'a superuser sees everything');
$this->query('ALTER ROLE regress_member NOSUPERUSER');
is(fields('regress_member'), 'old_counter', 'and no longer');
$this->query('DROP ROLE regress_second');
is(fields('regress_member'), $none, 'a role that is dropped hands on nothing');
$this->query('CREATE ROLE regress_second; GRANT regress_second TO regress_member');
is(fields('regress_member'), $none, 'nor does another one of its name (issue 11)');

# The setting, for all sessions and for one
$this->query('ALTER SYSTEM SET remote_rel.remote_schema_permissions = off; SELECT pg_reload_conf()');
wait_until('the setting is in force', sub { $other->query('SHOW remote_rel.remote_schema_permissions') =~ /off/ });
like(fields('regress_group'), qr/auth0.*weather/, 'switched off, everybody sees everything');
$other->query('SET remote_rel.remote_schema_permissions = on');
is(fields('regress_group'), $none, 'but in the session that has it on');

# As the application: a member of the role, and not of others
my $app = session($node, user => 'regress_app');
is($app->query(q{SELECT graphql_resolve('{ old_counter }', 'regress_member')}), '{"data":{"old_counter":0}}', 'the application asks for its role');
done_testing();
