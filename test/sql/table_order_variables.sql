\i test/setup.sql
-- order_by as one object: keys sort in the order of the document; in variables, which are jsonb, they have none.

CREATE TABLE authors (id int PRIMARY KEY, name text, mentor_id int REFERENCES authors);
CREATE TABLE books (id int PRIMARY KEY, author_id int REFERENCES authors, title text, price int, stars int);
INSERT INTO authors VALUES (1, 'Ada', NULL), (2, 'Bo', 1), (3, 'Bo', 2);
INSERT INTO books VALUES (1, 1, 'b', 5, 1), (2, 2, 'a', 5, 2), (3, 3, 'a', 5, 1), (4, 1, 'b', 4, 1);
CREATE FUNCTION pg_temp.books(order_by text, variables jsonb DEFAULT NULL, definitions text DEFAULT '($o: [books_order_by!])')
    RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'id', ' ') FROM json_array_elements(a #> '{data,books}') AS b), a ->> 'errors')
    FROM graphql_resolve(format('query%s { books(order_by: %s) { id } }', CASE WHEN order_by ~ '\$' THEN definitions END, order_by),
        variables => variables) AS a $$;
-- two keys and three, either way round
SELECT pg_temp.books('{title: asc, id: desc}'), pg_temp.books('{id: desc, title: asc}');
SELECT pg_temp.books('{title: asc, stars: asc, id: desc}'), pg_temp.books('{stars: desc, title: desc, id: asc}');
SELECT pg_temp.books('{title: $d, id: $e}', '{"e": "desc", "d": "asc"}', '($d: order_by, $e: order_by)');
SELECT pg_temp.books('$o', definitions => '($o: [books_order_by!] = {title: asc, id: desc})');
SELECT pg_temp.books('$o', '{"o": {"id": "desc"}}');
SELECT pg_temp.books('$o', '{"o": {"title": "asc", "id": "desc"}}');
SELECT pg_temp.books('$o', '{"o": {"title": "asc", "stars": "asc", "id": "desc"}}');
SELECT pg_temp.books('$o', '{"o": [{"title": "asc"}, {"stars": "asc"}, {"id": "desc"}]}');
SELECT pg_temp.books('$o', '{"o": [{"title": "asc"}, {"stars": "asc", "id": "desc"}]}');
SELECT pg_temp.books('[{title: asc}, $o]', '{"o": {"stars": "asc", "id": "desc"}}', '($o: books_order_by!)');
-- none, and null among them
SELECT pg_temp.books('[$o, {id: desc}]', '{"o": {}}', '($o: books_order_by!)');
SELECT pg_temp.books('$o', '{"o": {"title": null, "id": "desc"}}'), pg_temp.books('{title: null, id: desc}');
SELECT pg_temp.books('$o', '{"o": {"title": "asc", "stars": null, "id": "desc"}}');
SELECT pg_temp.books('[$o, {id: desc}]', '{"o": {"title": null, "id": null}}', '($o: books_order_by!)');
SELECT pg_temp.books('$o', '{"o": null}') IS NOT NULL;
-- nested objects: of a related row, of one further on, of aggregates
SELECT pg_temp.books('{author: {name: desc, id: asc}, id: desc}'), pg_temp.books('{author: {id: desc, name: asc}, id: asc}');
SELECT pg_temp.books('$o', '{"o": {"author": {"name": "desc"}}}') LIKE '% % % %';
SELECT pg_temp.books('$o', '{"o": {"author": {"name": "desc", "id": "asc"}}}');
SELECT pg_temp.books('{author: $a, id: desc}', '{"a": {"name": "desc", "id": "asc"}}', '($a: authors_order_by)');
SELECT pg_temp.books('{author: $a, id: desc}', '{"a": {"name": "desc", "id": null}}', '($a: authors_order_by)');
SELECT pg_temp.books('$o', '{"o": [{"author": {"mentor": {"name": "desc", "id": "asc"}}}]}');
SELECT pg_temp.books('$o', '{"o": [{"author": {"mentor": {"name": "desc"}}}, {"author": {"mentor": {"id": "asc"}}}, {"id": "desc"}]}');
SELECT test.resolve('query ($o: [authors_order_by!]) { authors(order_by: $o) { id } }', variables =>
    '{"o": [{"books_aggregate": {"max": {"price": "desc", "stars": "asc"}}}]}');
SELECT test.resolve('query ($o: [authors_order_by!]) { authors(order_by: $o) { id } }', variables =>
    '{"o": [{"books_aggregate": {"max": {"price": "desc"}, "count": "asc"}}]}');
SELECT test.resolve('query ($o: [authors_order_by!]) { authors(order_by: $o) { id } }', variables =>
    '{"o": [{"books_aggregate": {"max": {"price": "desc"}}}, {"books_aggregate": {"count": "asc"}}, {"id": "desc"}]}');
-- below a row, in an aggregate, beside what is right; a kept plan serves no other keys
SELECT test.resolve('query ($o: [books_order_by!]) { authors(order_by: {id: asc}) { books(order_by: $o) { id } } }', variables => '{"o": {"price": "asc", "id": "asc"}}');
SELECT test.resolve('query ($o: [books_order_by!]) { authors(order_by: {id: asc}) { books(order_by: $o) { id } } }', variables => '{"o": {"price": "asc"}}');
SELECT test.resolve('query ($o: [books_order_by!]) { authors(order_by: {id: asc}) { books(order_by: $o) { id } } }', variables => '{"o": {"price": "asc", "id": "asc"}}');
SELECT test.resolve('query ($o: [books_order_by!]) { authors { id } books_aggregate(order_by: $o) { nodes { id } } }', variables => '{"o": {"title": "asc", "id": "asc"}}');
