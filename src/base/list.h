/* list: intrusive, doubly linked, circular. The node lives in its owner; LIST_OWNER finds it again. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next;
    struct list *prev;
};

#define LIST_OWNER(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list *list)
{
    list->next = list;
    list->prev = list;
}

static inline bool list_empty(const struct list *list)
{
    return list->next == list;
}

static inline void list_insert(struct list *prev, struct list *next, struct list *node)
{
    node->prev = prev;
    node->next = next;
    prev->next = node;
    next->prev = node;
}

static inline void list_push(struct list *list, struct list *node)
{
    list_insert(list->prev, list, node);
}

static inline void list_push_front(struct list *list, struct list *node)
{
    list_insert(list, list->next, node);
}

/* Safe to call twice: a removed node is a list of itself. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* First node, taken out; NULL when empty. */
static inline struct list *list_pop(struct list *list)
{
    struct list *node = list->next;
    if (node == list)
        return NULL;
    list_remove(node);
    return node;
}

#endif
