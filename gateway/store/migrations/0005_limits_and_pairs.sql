-- 诊疗限制 and 项目关系: two more kinds of reference data, in versions like the others.

CREATE TABLE item_limit (
    version bigint NOT NULL,
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    area text NOT NULL,
    scheme text NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (version, code, valid_from)
);

CREATE TABLE item_pair (
    version bigint NOT NULL,
    sort text NOT NULL,
    main_code text NOT NULL,
    sub_code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    area text NOT NULL,
    scheme text NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (version, sort, main_code, sub_code, valid_from)
);
