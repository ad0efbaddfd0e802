-- How many of the run's messages became what (each message once), and what its settlements come to in fen.
WITH final AS (
    SELECT f.provider_code, f.message_id,
           CASE WHEN m.reversed_by IS NOT NULL THEN 'reversed'
                WHEN f.took_effect THEN 'settled'
                WHEN f.refused OR f.outcome = 'refused' THEN 'refused'
                WHEN f.outcome = 'not_seen' THEN 'not_seen'
                ELSE 'unknown' END AS state
    FROM fate AS f
    LEFT JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.message_id
), sums AS (
    SELECT coalesce(sum(charged_fen), 0) AS charged_fen, coalesce(sum(fund_fen), 0) AS fund_fen,
           coalesce(sum(worker_fen), 0) AS worker_fen, coalesce(sum(employer_fen), 0) AS employer_fen,
           coalesce(sum(provider_fen), 0) AS provider_fen
    FROM settlement AS s
    WHERE EXISTS (SELECT FROM fate AS f WHERE f.provider_code = s.provider_code AND f.message_id = s.message_id)
)
SELECT count(*) AS sent,
       count(*) FILTER (WHERE state = 'settled') AS settled,
       count(*) FILTER (WHERE state = 'refused') AS refused,
       count(*) FILTER (WHERE state = 'reversed') AS reversed,
       count(*) FILTER (WHERE state = 'not_seen') AS not_seen,
       (SELECT charged_fen::bigint FROM sums) AS charged_fen, (SELECT fund_fen::bigint FROM sums) AS fund_fen,
       (SELECT worker_fen::bigint FROM sums) AS worker_fen, (SELECT employer_fen::bigint FROM sums) AS employer_fen,
       (SELECT provider_fen::bigint FROM sums) AS provider_fen
FROM final;
