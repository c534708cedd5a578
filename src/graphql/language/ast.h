/*
 * ast.h: the abstract syntax of GraphQL documents, executable and type system
 * (specification, section 2 and appendix B).
 *
 * Nodes are palloc'd in the context that was current when the document was
 * parsed, and are not changed afterwards. An empty list is NIL.
 *
 * loc is the byte offset in the source of the token at which a node starts;
 * -1 if the node was not parsed but made by code. Errors show it
 * as line and column.
 *
 * Text is in the server encoding. Names are NUL-terminated ASCII.
 */
#ifndef GQL_AST_H
#define GQL_AST_H

#include "nodes/pg_list.h"

/*
 * Lists of kinds, as X macros: the enum and every table of all kinds are made
 * from one list, so that none can be forgotten.
 */
#define GQL_VALUE_KINDS(X) \
	X(VARIABLE) X(INT) X(FLOAT) X(STRING) X(BOOLEAN) X(NULL) X(ENUM) X(LIST) X(OBJECT)

#define GQL_TYPE_DEF_KINDS(X) \
	X(SCALAR) X(OBJECT) X(INTERFACE) X(UNION) X(ENUM) X(INPUT_OBJECT)

/* Section 3.13. */
#define GQL_DIRECTIVE_LOCATIONS(X) \
	X(QUERY) X(MUTATION) X(SUBSCRIPTION) X(FIELD) X(FRAGMENT_DEFINITION) X(FRAGMENT_SPREAD) \
	X(INLINE_FRAGMENT) X(VARIABLE_DEFINITION) X(FRAGMENT_VARIABLE_DEFINITION) X(SCHEMA) \
	X(SCALAR) X(OBJECT) X(FIELD_DEFINITION) X(ARGUMENT_DEFINITION) X(INTERFACE) X(UNION) \
	X(ENUM) X(ENUM_VALUE) X(INPUT_OBJECT) X(INPUT_FIELD_DEFINITION) X(DIRECTIVE_DEFINITION)

typedef enum GqlValueKind
{
#define X(kind) GQL_VALUE_##kind,
	GQL_VALUE_KINDS(X)
#undef X
} GqlValueKind;

typedef struct GqlName
{
	const char *value;			/* NULL: absent */
	int			loc;
} GqlName;

/*
 * A value: a literal in a document, a coerced value, or a value read from
 * JSON. Only literals contain VARIABLEs. Numbers keep their source text.
 */
typedef struct GqlValue
{
	GqlValueKind kind;
	int			loc;
	bool		block;			/* STRING: written as a block string */
	bool		boolean;		/* BOOLEAN: the value */
	int			len;			/* bytes of text; a string may contain NULs */
	const char *text;			/* INT, FLOAT: source text. STRING: value.
								 * ENUM, VARIABLE: name. NUL-terminated */
	List	   *items;			/* LIST: GqlValue *.  OBJECT: GqlObjectField * */
} GqlValue;

typedef struct GqlObjectField
{
	GqlName		name;
	GqlValue   *value;
} GqlObjectField;

typedef struct GqlArgument
{
	GqlName		name;			/* loc is the argument's */
	GqlValue   *value;
} GqlArgument;

typedef struct GqlDirective
{
	GqlName		name;
	int			loc;			/* of the @ */
	List	   *arguments;		/* GqlArgument * */
} GqlDirective;

typedef enum GqlTypeNodeKind
{
	GQL_TYPE_NAMED,
	GQL_TYPE_LIST,
	GQL_TYPE_NON_NULL,
} GqlTypeNodeKind;

typedef struct GqlTypeNode
{
	GqlTypeNodeKind kind;
	int			loc;
	const char *name;			/* NAMED */
	struct GqlTypeNode *of;		/* LIST, NON_NULL */
} GqlTypeNode;

/* ---- executable documents ---- */

typedef enum GqlSelectionKind
{
	GQL_FIELD,
	GQL_FRAGMENT_SPREAD,
	GQL_INLINE_FRAGMENT,
} GqlSelectionKind;

typedef struct GqlSelectionSet
{
	int			loc;			/* of the { */
	List	   *items;			/* GqlSelection * */
} GqlSelectionSet;

typedef struct GqlSelection
{
	GqlSelectionKind kind;
	int			loc;			/* FIELD: of alias or name; else of the ... */
	GqlName		alias;			/* FIELD */
	GqlName		name;			/* FIELD, FRAGMENT_SPREAD */
	List	   *arguments;		/* FIELD: GqlArgument * */
	List	   *directives;		/* GqlDirective * */
	GqlTypeNode *type_condition;	/* INLINE_FRAGMENT, or NULL */
	GqlSelectionSet *selection_set; /* FIELD (or NULL), INLINE_FRAGMENT */
} GqlSelection;

/* A field's response key: its alias, or else its name. */
#define gql_response_key(field) ((field)->alias.value ? (field)->alias.value : (field)->name.value)

typedef enum GqlOperationType
{
	GQL_QUERY,
	GQL_MUTATION,
	GQL_SUBSCRIPTION,
} GqlOperationType;

typedef struct GqlVariableDef
{
	int			loc;			/* of the $, or of the description */
	GqlValue   *description;	/* STRING or NULL */
	GqlName		name;			/* without $; loc is the name's */
	int			variable_loc;	/* of the $ */
	GqlTypeNode *type;
	GqlValue   *default_value;	/* or NULL */
	List	   *directives;
} GqlVariableDef;

typedef enum GqlDefinitionKind
{
	GQL_DEF_OPERATION,
	GQL_DEF_FRAGMENT,
	GQL_DEF_SCHEMA,
	GQL_DEF_TYPE,
	GQL_DEF_DIRECTIVE,
} GqlDefinitionKind;

typedef struct GqlDefinition
{
	GqlDefinitionKind kind;
	int			loc;			/* of its first token: the description where
								 * it has one */
} GqlDefinition;

typedef struct GqlOperation
{
	GqlDefinition def;
	GqlValue   *description;
	GqlOperationType type;
	bool		shorthand;		/* { … } without keyword */
	GqlName		name;			/* value NULL: anonymous */
	List	   *variables;		/* GqlVariableDef * */
	List	   *directives;
	GqlSelectionSet *selection_set;
} GqlOperation;

typedef struct GqlFragment
{
	GqlDefinition def;
	GqlValue   *description;
	GqlName		name;
	GqlTypeNode *type_condition;
	List	   *directives;
	GqlSelectionSet *selection_set;
} GqlFragment;

/*
 * ---- type system documents ----
 *
 * Nodes whose first member is their GqlName can be items of a GqlNames: its
 * items start with `const char *name`.
 */
StaticAssertDecl(offsetof(GqlName, value) == 0, "GqlName must start with the name");

typedef enum GqlTypeKind
{
#define X(kind) GQL_##kind,
	GQL_TYPE_DEF_KINDS(X)
#undef X
} GqlTypeKind;

typedef struct GqlInputValueNode
{
	GqlName		name;
	int			loc;
	GqlValue   *description;
	GqlTypeNode *type;
	GqlValue   *default_value;
	List	   *directives;
} GqlInputValueNode;

typedef struct GqlFieldNode
{
	GqlName		name;
	int			loc;
	GqlValue   *description;
	List	   *arguments;		/* GqlInputValueNode * */
	GqlTypeNode *type;
	List	   *directives;
} GqlFieldNode;

typedef struct GqlEnumValueNode
{
	GqlName		name;
	int			loc;
	GqlValue   *description;
	List	   *directives;
} GqlEnumValueNode;

typedef struct GqlTypeDefNode
{
	GqlDefinition def;			/* GQL_DEF_TYPE */
	GqlTypeKind kind;
	bool		extend;
	GqlValue   *description;
	GqlName		name;
	List	   *interfaces;		/* GqlTypeNode *, NAMED */
	List	   *directives;
	List	   *fields;			/* OBJECT, INTERFACE: GqlFieldNode *.
								 * INPUT_OBJECT: GqlInputValueNode * */
	List	   *members;		/* UNION: GqlTypeNode *, NAMED */
	List	   *values;			/* ENUM: GqlEnumValueNode * */
} GqlTypeDefNode;

typedef struct GqlRootTypeNode
{
	int			loc;
	GqlOperationType operation;
	GqlTypeNode *type;			/* NAMED */
} GqlRootTypeNode;

typedef struct GqlSchemaNode
{
	GqlDefinition def;			/* GQL_DEF_SCHEMA */
	bool		extend;
	GqlValue   *description;
	List	   *directives;
	List	   *root_types;		/* GqlRootTypeNode * */
} GqlSchemaNode;

typedef struct GqlDirectiveDefNode
{
	GqlDefinition def;			/* GQL_DEF_DIRECTIVE */
	bool		extend;			/* extend directive @name @a: has name and
								 * directives only */
	GqlValue   *description;
	GqlName		name;
	List	   *arguments;		/* GqlInputValueNode * */
	List	   *directives;		/* as graphql-js 17 has them, before
								 * repeatable */
	bool		repeatable;
	List	   *locations;		/* GqlName * */
} GqlDirectiveDefNode;

typedef struct GqlDocument
{
	const char *source;			/* NUL-terminated after len; for locations */
	int			len;
	List	   *definitions;	/* GqlDefinition * */
	bool		query_optional; /* as a schema it needs no query type, if it
								 * has a mutation type: it is a part of one */
} GqlDocument;

#endif							/* GQL_AST_H */
