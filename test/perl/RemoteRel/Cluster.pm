package RemoteRel::Cluster;

# A throw-away cluster with one superuser, "postgres", that listens on nothing but a Unix socket in a directory of its
# own, so that no port can be taken. For what is not a TAP test (these have PostgreSQL::Test::Cluster, through RemoteRel::Test).
#
#   my $cluster = RemoteRel::Cluster->start($directory, 'log_min_messages = warning');
#   my ($stdout, $stderr) = $cluster->psql($sql);
#
# It ends with the object.

use strict;
use warnings;
use IPC::Open3;
use Symbol 'gensym';

sub start
{
	my ($class, $directory, @settings) = @_;

	my $self = bless { directory => $directory, owner => $$ }, $class;

	mkdir $directory;
	$self->run_quietly('initdb', '-D', "$directory/data", '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N');
	open my $conf, '>>', "$directory/data/postgresql.conf" or die "$directory/data/postgresql.conf: $!";
	print $conf "$_\n" for
	  "listen_addresses = ''", "unix_socket_directories = '$directory'", 'port = 5432', 'fsync = off', 'full_page_writes = off',
	  "max_wal_size = '1GB'", 'autovacuum_naptime = 1d', "log_line_prefix = '%m [%p] %a '", @settings;
	close $conf;
	$self->{running} = 1;
	$self->run_quietly('pg_ctl', '-D', "$directory/data", '-l', "$directory/postgres.log", '-w', '-t', '60', 'start');
	return $self;
}

sub stop
{
	my ($self) = @_;

	return if $self->{owner} != $$ || !delete $self->{running};
	local ($?, $!, $@);
	run('pg_ctl', '-D', "$self->{directory}/data", '-m', 'immediate', '-w', 'stop');
	return;
}

sub DESTROY { shift->stop }

sub host { return shift->{directory} }
sub log  { return shift->{directory} . '/postgres.log' }

sub run_quietly
{
	my ($self, @command) = @_;

	my ($output, $stderr, $status) = run(@command);
	die "$command[0] failed:\n$output$stderr" if $status;
	return;
}

# One psql session for the text; (stdout, stderr, exit status).
sub psql
{
	my ($self, $sql, %options) = @_;

	return run('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', $self->host, '-p', 5432, '-U', $options{user} // 'postgres',
		'-d', $options{database} // 'postgres', '-c', $sql);
}

sub run
{
	my (@command) = @_;

	my $err = gensym;
	my $pid = open3(my $in, my $out, $err, @command);
	close $in;
	my ($stdout, $stderr);
	return ($stdout, $stderr, $?) if eval {
		local $/;
		# stderr is short; what is long comes on stdout
		$stdout = <$out> // '';
		$stderr = <$err> // '';
		waitpid $pid, 0;
		1;
	};
	# a signal: whoever leaves takes the command along, which may write where all is about to be removed
	my $error = $@;
	kill 'TERM', $pid;
	waitpid $pid, 0;
	die $error;
}

1;
