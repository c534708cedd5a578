-- The language by itself: documents and schemas checked against nothing but each other.
\pset format unaligned
\set sdl 'type Query { a(x: Int!): Int b: [Query!] } type Mutation { m: Int }'

SELECT remote_rel.validate_document(:'sdl', '{ a(x: 1) b { a(x: 2) } }');
SELECT remote_rel.validate_document(:'sdl', E'{\n  a\n  c\n}');
SELECT remote_rel.validate_document(:'sdl', '{ a(x: 1)');

-- variables and the operation's name are looked at when they are given
SELECT remote_rel.validate_document(:'sdl', 'query ($x: Int!) { a(x: $x) }');
SELECT remote_rel.validate_document(:'sdl', 'query ($x: Int!) { a(x: $x) }', '{"x": 1}');
SELECT remote_rel.validate_document(:'sdl', 'query ($x: Int!) { a(x: $x) }', '{"x": 12345678901234567890.50}');
SELECT remote_rel.validate_document(:'sdl', 'query ($x: Int!) { a(x: $x) }', 'null');
SELECT remote_rel.validate_document(:'sdl', 'query ($x: Int!) { a(x: $x) }', '[1]');
SELECT remote_rel.validate_document(:'sdl',
    'query A { b { a(x: 1) } } query B($x: Int!) { a(x: $x) }', operation_name => 'A');
SELECT remote_rel.validate_document(:'sdl',
    'query A { b { a(x: 1) } } query B($x: Int!) { a(x: $x) }', operation_name => 'B');
SELECT remote_rel.validate_document(:'sdl',
    'query A { b { a(x: 1) } } query B($x: Int!) { a(x: $x) }', operation_name => 'C');
SELECT remote_rel.validate_document(:'sdl', 'query A { b { a(x: 1) } } query B($x: Int!) { a(x: $x) }', '{}');

-- what is not given has no errors; what is no schema is the caller's mistake
SELECT remote_rel.validate_document(NULL, '{ a }') IS NULL,
    remote_rel.validate_document(:'sdl', NULL) IS NULL, remote_rel.validate_schema(NULL) IS NULL;
SELECT remote_rel.validate_document('type Query { a: Nope }', '{ a }');
SELECT remote_rel.validate_document('type Query {', '{ a }');

SELECT remote_rel.validate_schema(:'sdl');
SELECT remote_rel.validate_schema('type Query { a: Nope, a: Int } enum E');
SELECT remote_rel.validate_schema('type Query { ');

-- columns count characters
SELECT remote_rel.validate_document(:'sdl', '{ é€😀: a(x: 1) }');
SELECT remote_rel.validate_document(:'sdl', '{ a(x: "é€😀") c }');
