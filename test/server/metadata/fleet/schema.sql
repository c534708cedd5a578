-- what the metadata of this folder speak of
CREATE TABLE public.ships (id int PRIMARY KEY, imo text, name text, captain_id text);
INSERT INTO public.ships VALUES (1, '9074729', 'Balerion', 'auth0|1'), (2, '9074730', 'Vhagar', 'auth0|2');
CREATE TABLE public.voyages (id int PRIMARY KEY, ship_id int REFERENCES public.ships, port text);
INSERT INTO public.voyages VALUES (1, 1, 'Braavos'), (2, 1, 'Lys'), (3, 2, 'Oldtown');
