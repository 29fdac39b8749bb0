-- Which release the value of each candidate is taken from, and what its reason names.
--
-- candidates  row, city_code, year, scope, variable, release, value (NULL: removed by a correction)
-- releases    release, series, edition
-- series      series, place (0: the preferred)
-- bundles     variable, bundle, members (number of variables in the bundle)
WITH ranked AS (
    SELECT release, row_number() OVER (
        ORDER BY place NULLS LAST, number DESC NULLS LAST, edition DESC, release
    ) AS rank
    FROM (
        SELECT *,
            -- digits only, since a cast alone reads '2018_2' as 20182
            CASE WHEN regexp_full_match(edition, '\d+(\.\d+)?')
                THEN TRY_CAST(edition AS DOUBLE) END AS number
        FROM releases LEFT JOIN series USING (series)
    )
),
offers AS (
    SELECT row, city_code, year, scope, variable, release, rank, bundle, members,
        coalesce(bundle, variable) AS item, value IS NOT NULL AS usable
    FROM candidates JOIN ranked USING (release) LEFT JOIN bundles USING (variable)
),
incomplete AS (
    SELECT city_code, year, scope, bundle, release
    FROM offers
    WHERE bundle IS NOT NULL
    GROUP BY ALL
    HAVING count(*) FILTER (usable) < any_value(members)
),
judged AS (
    SELECT o.*, i.release IS NOT NULL AS incomplete
    FROM offers AS o LEFT JOIN incomplete AS i USING (city_code, year, scope, bundle, release)
),
winners AS (
    SELECT city_code, year, scope, item, release AS winner
    FROM judged
    WHERE usable AND NOT incomplete
    QUALIFY row_number() OVER (PARTITION BY city_code, year, scope, item ORDER BY rank) = 1
),
rivals AS (
    SELECT city_code, year, scope, variable, count(*) - 1 AS rivals, min(rank) AS first_rank
    FROM offers
    GROUP BY ALL
)
SELECT row, release, coalesce(bundle, '') AS bundle, usable, incomplete,
    usable AND release IS NOT DISTINCT FROM winner AS chosen, coalesce(winner, '') AS winner,
    rivals, rank = first_rank AS preferred
FROM judged
JOIN rivals USING (city_code, year, scope, variable)
LEFT JOIN winners USING (city_code, year, scope, item)
